/* ISA-L's deflate. The stream structure of some 80 KiB is imported into Swift as bytes only. */
#ifndef MACHIZU_CISAL_H
#define MACHIZU_CISAL_H

#include <isa-l/igzip_lib.h>
#include <stddef.h>
#include <stdint.h>

enum { cisal_level = 1 };

static inline size_t cisal_stream_size(void) { return sizeof(struct isal_zstream); }
static inline size_t cisal_level_buffer_size(void) { return ISAL_DEF_LVL1_DEFAULT; }

/* One zlib stream from the whole input; the number of bytes written, 0 if they do not fit. */
static inline size_t cisal_zlib_compress(void *stream_memory, void *level_buffer,
                                         const uint8_t *input, size_t input_size, uint8_t *output,
                                         size_t capacity) {
  struct isal_zstream *stream = (struct isal_zstream *)stream_memory;
  if (input_size > UINT32_MAX || capacity > UINT32_MAX) return 0;
  isal_deflate_stateless_init(stream);
  stream->next_in = (uint8_t *)input;
  stream->avail_in = (uint32_t)input_size;
  stream->next_out = output;
  stream->avail_out = (uint32_t)capacity;
  stream->end_of_stream = 1;
  stream->flush = NO_FLUSH;
  stream->gzip_flag = IGZIP_ZLIB;
  stream->level = cisal_level;
  stream->level_buf = (uint8_t *)level_buffer;
  stream->level_buf_size = (uint32_t)cisal_level_buffer_size();
  if (isal_deflate_stateless(stream) != COMP_OK || stream->avail_in != 0) return 0;
  return stream->total_out;
}

#endif
