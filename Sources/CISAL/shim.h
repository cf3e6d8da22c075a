/* ISA-L's deflate and its checksum. The stream structure of some 80 KiB is imported into Swift as bytes only. */
#ifndef MACHIZU_CISAL_H
#define MACHIZU_CISAL_H

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { cisal_level = 1 };

static inline size_t cisal_stream_size(void) { return sizeof(struct isal_zstream); }
static inline size_t cisal_level_buffer_size(void) { return ISAL_DEF_LVL1_DEFAULT; }

/* The checksum of PNG's chunks, grown by more bytes; 0 before the first. */
static inline uint32_t cisal_crc(uint32_t crc, const uint8_t *bytes, size_t size) {
  return crc32_gzip_refl(crc, bytes, size);
}

/* Bytes at a stream's start that are stored as they are. */
enum { cisal_prefix_size = 8 };

/* One zlib stream from the whole input; the number of bytes written, 0 if they do not fit or the
   input is too short.

   ISA-L (2.30 to 2.32 at least) enters the third byte of data without history into its table of
   matches under a hash of the stream's address, so equal input gives other bytes in other processes.
   Therefore the first bytes are stored here, in a block of their own, and ISA-L gets them as
   history. */
static inline size_t cisal_zlib_compress(void *stream_memory, void *level_buffer,
                                         const uint8_t *input, size_t input_size, uint8_t *output,
                                         size_t capacity) {
  struct isal_zstream *stream = (struct isal_zstream *)stream_memory;
  const size_t before = 2 + 5 + cisal_prefix_size, after = 4;
  if (input_size > UINT32_MAX || capacity > UINT32_MAX) return 0;
  if (input_size < 8 * cisal_prefix_size || capacity < before + after) return 0;
  const uint8_t header[7] = {0x78, 0x01, 0, cisal_prefix_size, 0, 0xFF ^ cisal_prefix_size, 0xFF};
  memcpy(output, header, sizeof header);
  memcpy(output + sizeof header, input, cisal_prefix_size);
  isal_deflate_init(stream);
  stream->level = cisal_level;
  stream->level_buf = (uint8_t *)level_buffer;
  stream->level_buf_size = (uint32_t)cisal_level_buffer_size();
  if (isal_deflate_set_dict(stream, (uint8_t *)input, cisal_prefix_size) != COMP_OK) return 0;
  stream->next_in = (uint8_t *)input + cisal_prefix_size;
  stream->avail_in = (uint32_t)(input_size - cisal_prefix_size);
  stream->next_out = output + before;
  stream->avail_out = (uint32_t)(capacity - before - after);
  stream->end_of_stream = 1;
  stream->flush = NO_FLUSH;
  if (isal_deflate(stream) != COMP_OK || stream->avail_in != 0) return 0;
  if (stream->internal_state.state != ZSTATE_END) return 0;
  const uint32_t sum = isal_adler32(1, input, input_size);
  uint8_t *end = stream->next_out;
  for (int i = 0; i < 4; i++) end[i] = (uint8_t)(sum >> (24 - 8 * i));
  return (size_t)(end - output) + after;
}

#endif
