/* libpng's container and decoder behind functions that return: its setjmp stays in here. */
#ifndef CPNGSHIM_H
#define CPNGSHIM_H

#include <stddef.h>
#include <stdint.h>

enum { cpng_message_size = 128 };

/* Colour types as in the PNG specification, section 11.2.1. */
enum { cpng_rgb = 2, cpng_palette = 3, cpng_rgba = 6 };

typedef struct {
  uint32_t width, height;
  uint8_t bit_depth, colour_type;
  /* entry_count colours of R, G, B, A; the first alpha_count of them get a tRNS entry. */
  const uint8_t *palette;
  int entry_count, alpha_count;
} cpng_header;

/* Writes what comes before the image data: the bytes written, 0 if they do not fit or libpng refuses,
   with its words in message. */
size_t cpng_write_header(const cpng_header *header, uint8_t *output, size_t capacity,
                         char message[cpng_message_size]);

/* The reference path, a whole file: libpng filters nothing and deflates with its own zlib at a level. */
size_t cpng_write_rows(const cpng_header *header, const uint8_t *rows, size_t bytes_per_row,
                       int level, uint8_t *output, size_t capacity,
                       char message[cpng_message_size]);

/* Reads the size of a picture; 0 if libpng refuses. */
int cpng_read_size(const uint8_t *file, size_t size, uint32_t *width, uint32_t *height,
                   char message[cpng_message_size]);

/* Decodes to straight RGBA, 8 bits a channel; rgba holds width * height * 4 bytes. */
int cpng_read(const uint8_t *file, size_t size, uint32_t width, uint32_t height, uint8_t *rgba,
              char message[cpng_message_size]);

#endif
