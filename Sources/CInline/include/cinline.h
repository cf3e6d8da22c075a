/* Arithmetic that Swift can only spell with trap checks or with loops over vector lanes. Every
   function is emitted into the calling Swift module and inlined there; nothing is linked. */
#ifndef CINLINE_H
#define CINLINE_H

#include <stdbool.h>
#include <stdint.h>

/* What a fill needs, in a form that both builds of the raster kernels share. Coordinates are 24.8
   fixed point, pictures premultiplied RGBA without gaps between rows. */
typedef struct {
  /* x and y in turn; contour c begins at point starts[c] and is closed. */
  const int64_t *points;
  int64_t point_count;
  const int64_t *starts;
  int64_t contour_count;
  bool is_even_odd;
  /* Scratch memory: areas and marks, all zero, and a box for every 16 edges of a contour. */
  int32_t *cells;
  uint64_t *touched;
  int64_t *boxes;
  /* What is drawn on: pixels, or shares of a byte each. */
  uint8_t *target;
  int64_t width, height;
  /* Rows of the target that may be drawn on, the end not among them. */
  int64_t first_row, end_row;
  /* R, G, B and 255 from the low byte up. */
  uint32_t colour;
  /* Of the colour, or of the source as a whole. */
  uint8_t alpha;
  /* The pixels of a repeated picture and which of them lies at the target's corner. */
  const uint8_t *source;
  int64_t source_width, source_height, phase_x, phase_y;
} ci_fill;

#define CI_INLINE static inline __attribute__((always_inline))

typedef int32_t ci_i32x8 __attribute__((ext_vector_type(8)));
typedef uint16_t ci_u16x16 __attribute__((ext_vector_type(16)));
typedef uint32_t ci_u32x8 __attribute__((ext_vector_type(8)));
typedef uint32_t ci_u32x16 __attribute__((ext_vector_type(16)));

/* Towards zero. The caller keeps |value| below 2^63. */
CI_INLINE int64_t ci_trunc(double value) { return (int64_t)value; }

/* Lane i becomes the sum of lanes 0...i. */
CI_INLINE ci_i32x8 ci_prefix_sum(ci_i32x8 v) {
  ci_i32x8 zero = 0;
  v += __builtin_shufflevector(zero, v, 0, 8, 9, 10, 0, 12, 13, 14);
  v += __builtin_shufflevector(zero, v, 0, 0, 8, 9, 0, 0, 12, 13);
  v += __builtin_shufflevector(zero, v, 0, 0, 0, 0, 11, 11, 11, 11);
  return v;
}

CI_INLINE ci_i32x8 ci_broadcast_last(ci_i32x8 v) {
  return __builtin_shufflevector(v, v, 7, 7, 7, 7, 7, 7, 7, 7);
}

/* The low half of each word in both of its halves. */
CI_INLINE ci_u16x16 ci_pairs(ci_u32x8 v) {
  ci_u16x16 h = (ci_u16x16)v;
  return __builtin_shufflevector(h, h, 0, 0, 2, 2, 4, 4, 6, 6, 8, 8, 10, 10, 12, 12, 14, 14);
}

/* Divides sums of 128 and products of bytes by 255, exactly rounded: t * 257 / 65536, which is one
   instruction on most processors. */
CI_INLINE ci_u16x16 ci_divide255(ci_u16x16 t) {
  ci_u32x16 wide = __builtin_convertvector(t, ci_u32x16) * 257;
  return __builtin_convertvector(wide >> 16, ci_u16x16);
}

/* Share of a pixel under the non-zero rule, from a signed area whose unit is 1/65536 pixel. */
CI_INLINE ci_i32x8 ci_fold_nonzero(ci_i32x8 area) {
  ci_i32x8 sign = area >> 31;
  ci_i32x8 magnitude = (area ^ sign) - sign;
  ci_i32x8 full = 65536;
  return __builtin_elementwise_min(magnitude, full);
}

/* The same under the even-odd rule: a triangle wave of period two windings. */
CI_INLINE ci_i32x8 ci_fold_evenodd(ci_i32x8 area) {
  ci_i32x8 d = (area & 0x1FFFF) - 65536;
  ci_i32x8 sign = d >> 31;
  return 65536 - ((d ^ sign) - sign);
}

/* Whether the processor has everything that x86-64-v3 code may use. */
CI_INLINE bool ci_has_x86_64_v3(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
#else
  return false;
#endif
}

#endif
