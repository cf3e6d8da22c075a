#include "cpngshim.h"

#include <png.h>
#include <setjmp.h>
#include <string.h>

typedef struct {
  uint8_t *bytes;
  size_t size, capacity;
} sink;

static void copy_message(char *to, const char *from) {
  strncpy(to, from, cpng_message_size - 1);
  to[cpng_message_size - 1] = 0;
}

static void fail(png_structp png, png_const_charp text) {
  char *message = png_get_error_ptr(png);
  if (message) copy_message(message, text);
  longjmp(png_jmpbuf(png), 1);
}

static void ignore(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static void write_bytes(png_structp png, png_bytep bytes, size_t size) {
  sink *to = png_get_io_ptr(png);
  if (size > to->capacity - to->size) png_error(png, "the output buffer is too small");
  memcpy(to->bytes + to->size, bytes, size);
  to->size += size;
}

static void flush(png_structp png) { (void)png; }

static void write_header(png_structp png, png_infop info, const cpng_header *header) {
  png_set_IHDR(png, info, header->width, header->height, header->bit_depth, header->colour_type,
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (header->colour_type == cpng_palette) {
    png_color colours[256];
    png_byte alphas[256];
    for (int i = 0; i < header->entry_count && i < 256; i++) {
      const uint8_t *entry = header->palette + 4 * i;
      colours[i].red = entry[0];
      colours[i].green = entry[1];
      colours[i].blue = entry[2];
      alphas[i] = entry[3];
    }
    png_set_PLTE(png, info, colours, header->entry_count);
    if (header->alpha_count > 0) png_set_tRNS(png, info, alphas, header->alpha_count, NULL);
  }
  png_write_info(png, info);
}

/* A whole file where there are rows, else what comes before them. */
static size_t write_file(const cpng_header *header, const uint8_t *rows, size_t bytes_per_row,
                         int level, uint8_t *output, size_t capacity, char *message) {
  sink to = {output, 0, capacity};
  message[0] = 0;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, message, fail, ignore);
  if (!png) return 0;
  png_infop info = png_create_info_struct(png);
  if (!info || setjmp(png_jmpbuf(png))) {
    png_destroy_write_struct(&png, &info);
    return 0;
  }
  png_set_write_fn(png, &to, write_bytes, flush);
  if (rows) {
    png_set_compression_level(png, level);
    png_set_filter(png, 0, PNG_FILTER_NONE);
  }
  write_header(png, info, header);
  if (rows) {
    for (uint32_t y = 0; y < header->height; y++) png_write_row(png, rows + y * bytes_per_row);
    png_write_end(png, NULL);
  }
  png_destroy_write_struct(&png, &info);
  return to.size;
}

size_t cpng_write_header(const cpng_header *header, uint8_t *output, size_t capacity,
                         char message[cpng_message_size]) {
  return write_file(header, NULL, 0, 0, output, capacity, message);
}

size_t cpng_write_rows(const cpng_header *header, const uint8_t *rows, size_t bytes_per_row,
                       int level, uint8_t *output, size_t capacity,
                       char message[cpng_message_size]) {
  return write_file(header, rows, bytes_per_row, level, output, capacity, message);
}

int cpng_read_size(const uint8_t *file, size_t size, uint32_t *width, uint32_t *height,
                   char message[cpng_message_size]) {
  png_image image;
  memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  message[0] = 0;
  int is_read = png_image_begin_read_from_memory(&image, file, size);
  if (!is_read) copy_message(message, image.message);
  *width = image.width;
  *height = image.height;
  png_image_free(&image);
  return is_read;
}

int cpng_read(const uint8_t *file, size_t size, uint32_t width, uint32_t height, uint8_t *rgba,
              char message[cpng_message_size]) {
  png_image image;
  memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  message[0] = 0;
  int is_read = png_image_begin_read_from_memory(&image, file, size);
  if (is_read && image.width == width && image.height == height) {
    image.format = PNG_FORMAT_RGBA;
    is_read = png_image_finish_read(&image, NULL, rgba, (png_int_32)(width * 4), NULL);
  } else {
    is_read = 0;
  }
  if (!is_read || PNG_IMAGE_FAILED(image)) {
    copy_message(message, image.message);
    is_read = 0;
  }
  png_image_free(&image);
  return is_read;
}
