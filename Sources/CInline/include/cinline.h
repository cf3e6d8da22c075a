/* Arithmetic that Swift can only spell with trap checks or with loops over vector lanes. Every
   function is emitted into the calling Swift module and inlined there; nothing is linked. */
#ifndef CINLINE_H
#define CINLINE_H

#if defined(__SSE2__)
#include <immintrin.h>
#endif
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
  /* Whether all points lie in the target, which is one narrow block; its corner in whole pixels. */
  bool is_inside;
  int64_t left, top;
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

/* Shares of pixels that are spread to others around them, as ci_halo tells. */
typedef struct {
  const uint8_t *ink;
  /* Offsets in bytes, of each ring after those of the ring before; where each ring's end; gains. */
  const int64_t *deltas, *ends, *gains;
  int64_t rings;
  /* Made 64 at a time from `first` up to `end` or beyond. */
  uint8_t *halo;
  int64_t first, end;
} ci_spreading;

/* A label's halo and letters that are laid on pixels: shares in rows of `stride` bytes. */
typedef struct {
  uint8_t *target;
  int64_t row_bytes;
  const uint8_t *halo, *ink;
  int64_t stride, width, height;
  /* R, G, B and 255 from the low byte up. */
  uint32_t halo_colour, ink_colour;
  uint8_t halo_alpha, ink_alpha;
} ci_label;

#define CI_INLINE static inline __attribute__((always_inline))

typedef int32_t ci_i32x8 __attribute__((ext_vector_type(8)));
typedef uint16_t ci_u16x16 __attribute__((ext_vector_type(16)));
typedef uint32_t ci_u32x8 __attribute__((ext_vector_type(8)));
typedef uint32_t ci_u32x16 __attribute__((ext_vector_type(16)));

/* A word whose lowest byte is to come first in memory, or was the first there. */
CI_INLINE uint64_t ci_little_endian(uint64_t word) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  return __builtin_bswap64(word);
#else
  return word;
#endif
}

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

typedef int32_t ci_i32x4 __attribute__((ext_vector_type(4)));
typedef int64_t ci_i64x4 __attribute__((ext_vector_type(4)));
typedef uint64_t ci_u64x4 __attribute__((ext_vector_type(4)));
typedef double ci_f64x4 __attribute__((ext_vector_type(4)));

typedef uint64_t ci_u64x2 __attribute__((ext_vector_type(2)));
typedef int64_t ci_i64x2 __attribute__((ext_vector_type(2)));
typedef double ci_f64x2 __attribute__((ext_vector_type(2)));

/* Writes the parallels of a closed line of at least one point: `count` points to its right, then as many
   to its left from the last to the first. False, and any points, if a point lies outside of `low` ... `high`,
   if two are the same, or if a corner may need more than one point on a side: the rule is that of
   Pen.swift's `join`, `miter` the squared limit or 0 for other joins. */
CI_INLINE bool ci_parallels(const int64_t *points, int64_t count, ci_i64x2 low, ci_i64x2 high,
                            double half, double miter, double flatness, int64_t *out) {
#pragma clang fp contract(off)
  /* 1.5 * 2^52: adding it leaves an integer in the low bits. */
  const ci_f64x2 magic = 0x1.8p52;
  const ci_u64x2 magic_bits = (ci_u64x2)magic;
  const ci_u64x2 *from = (const ci_u64x2 *)points;
  ci_u64x2 *right = (ci_u64x2 *)out, *left = right + 2 * count;
  ci_u64x2 least = (ci_u64x2)low, most = (ci_u64x2)high, beyond = 0, here = from[0], there;
  ci_f64x2 d = (ci_f64x2)(here - from[count - 1] + magic_bits) - magic, square = d * d, before, after;
  double length = __builtin_elementwise_sqrt(square.x + square.y), next_length;
  if (!(length > 0)) return false;
  before = d * (1 / length);
  for (int64_t i = 0; i < count; i++) {
    there = from[i + 1 == count ? 0 : i + 1];
    beyond |= (here - least) | (most - here);
    d = (ci_f64x2)(there - here + magic_bits) - magic;
    square = d * d;
    next_length = __builtin_elementwise_sqrt(square.x + square.y);
    if (!(next_length > 0)) return false;
    after = d * (1 / next_length);
    ci_f64x2 products = before * after, crossed = before * after.yx, sum = before + after;
    double dot = products.x + products.y, cross = crossed.x - crossed.y, one = 1 + dot;
    /* In this order, as the sign of a right angle's cannot be foretold. */
    if (!((1 - dot) * half < flatness && dot > 0)) {
      double shorter = length < next_length ? length : next_length;
      /* A little less than what is enough, which then need not be divided. */
      if (!(dot > -0.999 && one * miter >= 2 &&
            2 * half * __builtin_elementwise_abs(cross) <= 0.999999 * shorter * one))
        return false;
    }
    ci_f64x2 n = (ci_f64x2){-sum.y, sum.x} * (half / one);
    ci_u64x2 offset = (ci_u64x2)(n + magic) - magic_bits;
    right[i] = here + offset;
    left[-1 - i] = here - offset;
    before = after;
    length = next_length;
    here = there;
  }
  return (int64_t)beyond.x >= 0 && (int64_t)beyond.y >= 0;
}

/* Adds an edge that is at least as high as wide to the cells that it crosses in the rows from `row` to
   `last`, four at a time: the rule is that of `ci_walk_span`, in each row one cell or two neighbours. It goes
   from y0 down to y1 in 1/256 px, those rows and all columns within the block. `before` is where it enters
   the first row, `first` where it leaves it and `step` how far it goes in a row, in 1/65536 px and exact;
   `end_x` is where it ends, in the row `final`. `steepness` and `sign` are as in `ci_walk_span`. */
CI_INLINE void ci_walk_steep(int32_t *cells, uint64_t *touched, int64_t stride, int64_t row, int64_t last,
                             int64_t final, int32_t y0, int32_t y1, int32_t before, double first, double step,
                             int32_t end_x, double steepness, int32_t sign, bool marks) {
  const ci_i32x4 lanes = {0, 1, 2, 3};
  const ci_f64x4 counts = {0, 1, 2, 3};
  ci_f64x4 position = (ci_f64x4)first + counts * step;
  ci_i32x4 former = before;
  ci_i32x4 tops = (int32_t)(row << 8) + (lanes << 8);
  const ci_i32x4 start = y0, end = y1;
  int32_t *line = cells + row * stride;
  for (;;) {
    int64_t left = last - row;
    ci_i32x4 here = __builtin_convertvector(position, ci_i32x4);
    here = lanes == (ci_i32x4)(int32_t)(final - row) ? (ci_i32x4)end_x : here;
    ci_i32x4 there = __builtin_shufflevector(former, here, 3, 4, 5, 6);
    ci_i32x4 low = __builtin_elementwise_min(here, there);
    ci_i32x4 high = __builtin_elementwise_max(here, there);
    ci_i32x4 height = __builtin_elementwise_min(tops + 256, end) - __builtin_elementwise_max(tops, start);
    ci_i32x4 cell = low >> 16, is_pair = cell - (high >> 16);
    ci_i32x4 part = low & 0xFFFF, c = high & 0xFFFF, b = 65536 - part, all = height << 8;
    ci_i32x4 single = all - ((height * (part + c)) >> 9);
    /* Of rows that are not pairs any number, but one that has a word. */
    const ci_f64x4 most = 0x1p24;
    ci_f64x4 wide_b = __builtin_convertvector(b, ci_f64x4);
    ci_f64x4 wide_c = __builtin_convertvector(c, ci_f64x4);
    ci_f64x4 corner_b = wide_b * wide_b * steepness, corner_c = wide_c * wide_c * steepness;
    ci_i32x4 area = __builtin_convertvector(corner_b < most ? corner_b : most, ci_i32x4);
    ci_i32x4 beyond = __builtin_convertvector(corner_c < most ? corner_c : most, ci_i32x4) & is_pair;
    area = single ^ ((single ^ area) & is_pair);
    ci_i32x4 middle = all - beyond - area, flip = sign;
    area = (area ^ flip) - flip;
    middle = (middle ^ flip) - flip;
    beyond = (beyond ^ flip) - flip;
    int64_t count = left < 3 ? left + 1 : 4;
    int32_t at[4], ends[4], a0[4], a1[4], a2[4];
    ci_i32x4 end_group = (cell - is_pair + 1) >> 3;
    __builtin_memcpy(ends, &end_group, sizeof ends);
    __builtin_memcpy(at, &cell, sizeof at);
    __builtin_memcpy(a0, &area, sizeof a0);
    __builtin_memcpy(a1, &middle, sizeof a1);
    __builtin_memcpy(a2, &beyond, sizeof a2);
#pragma clang loop vectorize(disable)
    for (int64_t i = 0; i < count; i++) {
      uint64_t column = (uint32_t)at[i];
      line[column] += a0[i];
      line[column + 1] += a1[i];
      line[column + 2] += a2[i];
      if (marks) touched[row + i] |= (UINT64_C(2) << ends[i]) - (UINT64_C(1) << (column >> 3));
      line += stride;
    }
    if (left < 4) return;
    row += 4;
    tops += 1024;
    position += 4 * step;
    former = here;
  }
}

/* Adds the piece of an edge in one row to the cells from `cell` on, of which it crosses `steps` + 1, at
   most four: from `left` of the first to `right` of the last in 1/65536 px, over `height` in 1/256 px. The
   rule is that of `ci_walk_span`; it has no branch, for how many cells it is cannot be foretold. */
CI_INLINE void ci_walk_cells(int32_t *cell, int32_t steps, int32_t left, int32_t right, int32_t height,
                             double steepness, int32_t sign) {
  const ci_i32x4 lanes = {0, 1, 2, 3};
  int32_t all = height << 8, b = 65536 - left;
  int32_t single = all - ((height * (left + right)) >> 9);
  /* Where it is a single cell the corners are any numbers, but such as have a word. */
  double corner_b = (double)b * b * steepness, corner_c = (double)right * right * steepness;
  int32_t before_last = all - (int32_t)(corner_c < 0x1p24 ? corner_c : 0x1p24);
  ci_f64x4 middles = ((double)b + (ci_f64x4){0, 0x1p15, 0x1.8p16, 0x1.4p17}) * (steepness * 0x1p17);
  middles[0] = corner_b;
  ci_f64x4 most = 0x1p24;
  ci_i32x4 last = steps, ends = steps == 0 ? single : before_last;
  ci_i32x4 now = __builtin_convertvector(middles < most ? middles : most, ci_i32x4);
  now = lanes < last ? now : lanes == last ? ends : (ci_i32x4)all;
  ci_i32x4 change = now - __builtin_shufflevector((ci_i32x4)0, now, 0, 4, 5, 6), flip = sign;
  change = (change ^ flip) - flip;
  ci_i32x4 sum;
  __builtin_memcpy(&sum, cell, sizeof sum);
  sum += change;
  __builtin_memcpy(cell, &sum, sizeof sum);
  int32_t rest = all - now[3];
  cell[4] += (rest ^ sign) - sign;
}

/* `ci_walk_span` where more than four cells are crossed. */
__attribute__((noinline, unused)) static void ci_walk_wide_span(int32_t *row, int64_t left, int64_t right,
                                                                int64_t height, double steepness,
                                                                int32_t sign) {
  int64_t first = left >> 16, last = right >> 16, turn = sign | 1;
  int64_t all = height << 8, ratio = (int64_t)(steepness * 0x1p41);
  int64_t b = ((first + 1) << 16) - left, c = right & 0xFFFF;
  int64_t before = (int64_t)((double)(b * b) * steepness);
  row[first] += (int32_t)(turn * before);
  int64_t area = ratio * (b + 32768);
#pragma clang loop vectorize(disable)
  for (int64_t cell = first + 1; cell < last; cell++) {
    int64_t now = area >> 24;
    row[cell] += (int32_t)(turn * (now - before));
    before = now;
    area += ratio << 16;
  }
  int64_t last_area = all - (int64_t)((double)(c * c) * steepness);
  row[last] += (int32_t)(turn * (last_area - before));
  row[last + 1] += (int32_t)(turn * (all - last_area));
}

/* Adds the piece of an edge in one row to the row's cells: from `xa` to `xb` in 1/65536 px, over `height`
   (1...256) in 1/256 px. `steepness` is how far the edge goes down while it goes 1/65536 px aside, rounded
   down to 1/2^24 of the same parts and times 2^-41; `sign` is 0 or -1, which turns the areas round.

       area left of pixel side X:  0 | b^2 m / 2 | ... + m | all - c^2 m / 2 | all ...
                                      first        between   last              */
CI_INLINE void ci_walk_span(int32_t *row, uint64_t *touched, int64_t xa, int64_t xb, int64_t height,
                            double steepness, int32_t sign, bool marks) {
  int64_t left = xa < xb ? xa : xb, right = xa < xb ? xb : xa;
  int64_t first = left >> 16, last = right >> 16;
  if (marks) *touched |= (UINT64_C(2) << ((last + 1) >> 3)) - (UINT64_C(1) << (first >> 3));
  if (last - first < 4) {
    ci_walk_cells(row + first, (int32_t)(last - first), left & 0xFFFF, right & 0xFFFF, (int32_t)height,
                  steepness, sign);
  } else {
    ci_walk_wide_span(row, left, right, height, steepness, sign);
  }
}

/* Four doubles rounded towards zero; no function, as that could not take them without AVX. */
#if defined(__SSE4_1__)
#define CI_TRUNC_F64X4(v) __builtin_elementwise_trunc(v)
#else
#define CI_TRUNC_F64X4(v) \
  (ci_f64x4) { (double)(int64_t)(v)[0], (double)(int64_t)(v)[1], (double)(int64_t)(v)[2], (double)(int64_t)(v)[3] }
#endif

/* Adds the edges that end at the points `first` ..< `end` of a contour to a block of `width` by `height`
   pixels; the point before them is `before`. Points are x and y in 1/256 px, the block's corner is at
   `origin`. What is the same for four edges is worked out for four at once.

   Returns the edges that do not lie in the block, the first as the lowest bit, and leaves them out; with
   `is_inside` all do, otherwise they are 64 at most. */
CI_INLINE uint64_t ci_walk_edges(int32_t *cells, uint64_t *touched, int64_t stride, int64_t width,
                                 int64_t height, const int64_t *points, int64_t first, int64_t end,
                                 int64_t before, ci_i64x2 origin, bool marks, bool is_inside) {
  const ci_i32x4 limits = {(int32_t)(width << 8), (int32_t)(height << 8), (int32_t)(width << 8),
                           (int32_t)(height << 8)};
  uint64_t outside = 0;
  ci_i64x2 former;
  __builtin_memcpy(&former, points + 2 * before, sizeof former);
  former -= origin;
  ci_i32x4 last_x = (int32_t)former[0], last_y = (int32_t)former[1];
  bool is_out = former[0] < 0 || former[1] < 0 || former[0] >= width << 8 || former[1] >= height << 8;
  ci_i32x4 last_out = is_out ? -1 : 0;
  for (int64_t i = first; i < end; i += 4) {
    /* Behind the last point it is repeated: edges of no height are left out. */
    int64_t count = end - i;
    const int64_t *p = points + 2 * i;
    ci_i64x2 q[4];
    for (int64_t k = 0; k < 4; k++) {
      __builtin_memcpy(&q[k], p, sizeof q[k]);
      q[k] -= origin;
      p += k + 1 < count ? 2 : 0;
    }
    ci_i32x4 a = (ci_i32x4)__builtin_shufflevector((ci_i32x4)q[0], (ci_i32x4)q[1], 0, 2, 4, 6);
    ci_i32x4 b = (ci_i32x4)__builtin_shufflevector((ci_i32x4)q[2], (ci_i32x4)q[3], 0, 2, 4, 6);
    ci_i32x4 bx = __builtin_shufflevector(a, b, 0, 2, 4, 6), by = __builtin_shufflevector(a, b, 1, 3, 5, 7);
    ci_i32x4 ax = __builtin_shufflevector(last_x, bx, 3, 4, 5, 6);
    ci_i32x4 ay = __builtin_shufflevector(last_y, by, 3, 4, 5, 6);
    last_x = bx;
    last_y = by;
    int32_t outs[4] = {0, 0, 0, 0};
    if (!is_inside) {
      ci_i32x4 c = __builtin_shufflevector((ci_i32x4)q[0], (ci_i32x4)q[1], 1, 3, 5, 7);
      ci_i32x4 d = __builtin_shufflevector((ci_i32x4)q[2], (ci_i32x4)q[3], 1, 3, 5, 7);
      c = (c != 0) | (a < 0) | (a >= limits);
      d = (d != 0) | (b < 0) | (b >= limits);
      ci_i32x4 out = __builtin_shufflevector(c, d, 0, 2, 4, 6) | __builtin_shufflevector(c, d, 1, 3, 5, 7);
      ci_i32x4 either = out | __builtin_shufflevector(last_out, out, 3, 4, 5, 6);
      last_out = out;
      __builtin_memcpy(outs, &either, sizeof outs);
    }
    ci_i32x4 up = (by - ay) >> 31, swap_x = (ax ^ bx) & up, swap_y = (ay ^ by) & up;
    ci_i32x4 x0 = ax ^ swap_x, x1 = bx ^ swap_x, y0 = ay ^ swap_y, y1 = by ^ swap_y;
    ci_i32x4 dx = x1 - x0, dy = y1 - y0, one = 1;
    ci_i32x4 aside = __builtin_elementwise_max(__builtin_elementwise_abs(dx), one);
    ci_f64x4 tall = __builtin_convertvector(dy, ci_f64x4);
    ci_f64x4 slope = __builtin_convertvector(dx, ci_f64x4) * 0x1p32 / tall;
    slope = CI_TRUNC_F64X4(slope);
    ci_f64x4 steepness = tall * 0x1p24 / __builtin_convertvector(aside, ci_f64x4);
    steepness = CI_TRUNC_F64X4(steepness) * 0x1p-41;
    ci_f64x4 to_row = __builtin_convertvector(256 - (y0 & 255), ci_f64x4);
    ci_f64x4 leaving = __builtin_convertvector(x0 << 8, ci_f64x4) + slope * 0x1p-24 * to_row;
    ci_i32x4 row = y0 >> 8, last = (y1 - 1) >> 8, flat = aside > dy;
    int32_t x0s[4], x1s[4], y0s[4], y1s[4], rows[4], lasts[4], signs[4], flats[4];
    double slopes[4], steeps[4], leavings[4];
    __builtin_memcpy(x0s, &x0, sizeof x0s);
    __builtin_memcpy(x1s, &x1, sizeof x1s);
    __builtin_memcpy(y0s, &y0, sizeof y0s);
    __builtin_memcpy(y1s, &y1, sizeof y1s);
    __builtin_memcpy(rows, &row, sizeof rows);
    __builtin_memcpy(lasts, &last, sizeof lasts);
    __builtin_memcpy(signs, &up, sizeof signs);
    __builtin_memcpy(flats, &flat, sizeof flats);
    __builtin_memcpy(slopes, &slope, sizeof slopes);
    __builtin_memcpy(steeps, &steepness, sizeof steeps);
    __builtin_memcpy(leavings, &leaving, sizeof leavings);
    for (int64_t k = 0; k < (count < 4 ? count : 4); k++) {
      if (!is_inside && outs[k]) {
        outside |= UINT64_C(1) << (i - first + k);
        continue;
      }
      int64_t line = rows[k], end_line = lasts[k];
      if (y0s[k] == y1s[k]) continue;
      if (line == end_line) {
        ci_walk_span(cells + line * stride, touched + line, (int64_t)x0s[k] << 8, (int64_t)x1s[k] << 8,
                     y1s[k] - y0s[k], steeps[k], signs[k], marks);
      } else if (!flats[k]) {
        ci_walk_steep(cells, touched, stride, line, end_line, end_line, y0s[k], y1s[k], x0s[k] << 8,
                      leavings[k], slopes[k] * 0x1p-16, x1s[k] << 8, steeps[k], signs[k], marks);
      } else {
        int64_t position = (int64_t)x0s[k] << 32, step = (int64_t)slopes[k];
        int64_t xa = (int64_t)x0s[k] << 8, top = y0s[k];
        do {
          int64_t bottom = (line + 1) << 8;
          position += step * (bottom - top);
          int64_t xb = line == end_line ? (int64_t)x1s[k] << 8 : position >> 24;
          if (line == end_line) bottom = y1s[k];
          ci_walk_span(cells + line * stride, touched + line, xa, xb, bottom - top, steeps[k], signs[k], marks);
          xa = xb;
          top = bottom;
        } while (line++ < end_line);
      }
    }
  }
  return outside;
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

/* Which of sixteen boxes meet a window, a bit a box. `node` holds sixteen minX, minY, maxX and maxY;
   `window` one of each. The high half of the answer tells the boxes that also lie within. */
CI_INLINE uint32_t ci_index_hits(const int32_t *node, const int32_t *window) {
#if defined(__SSE2__)
  const __m128i *lanes = (const __m128i *)node;
  __m128i minX = _mm_set1_epi32(window[0]), minY = _mm_set1_epi32(window[1]);
  __m128i maxX = _mm_set1_epi32(window[2]), maxY = _mm_set1_epi32(window[3]);
  __m128i miss[4], out[4];
  for (int i = 0; i < 4; i++) {
    __m128i x0 = _mm_loadu_si128(lanes + i), y0 = _mm_loadu_si128(lanes + 4 + i);
    __m128i x1 = _mm_loadu_si128(lanes + 8 + i), y1 = _mm_loadu_si128(lanes + 12 + i);
    miss[i] = _mm_or_si128(_mm_or_si128(_mm_cmpgt_epi32(x0, maxX), _mm_cmpgt_epi32(minX, x1)),
                           _mm_or_si128(_mm_cmpgt_epi32(y0, maxY), _mm_cmpgt_epi32(minY, y1)));
    out[i] = _mm_or_si128(_mm_or_si128(_mm_cmpgt_epi32(minX, x0), _mm_cmpgt_epi32(x1, maxX)),
                          _mm_or_si128(_mm_cmpgt_epi32(minY, y0), _mm_cmpgt_epi32(y1, maxY)));
  }
  uint32_t missed = (uint32_t)_mm_movemask_epi8(_mm_packs_epi16(
      _mm_packs_epi32(miss[0], miss[1]), _mm_packs_epi32(miss[2], miss[3])));
  uint32_t outside = (uint32_t)_mm_movemask_epi8(_mm_packs_epi16(
      _mm_packs_epi32(out[0], out[1]), _mm_packs_epi32(out[2], out[3])));
  uint32_t hits = ~missed & 0xFFFF;
  return hits | (~outside & hits) << 16;
#else
  uint32_t hits = 0, within = 0;
  for (int i = 0; i < 16; i++) {
    uint32_t hit = node[i] <= window[2] && node[32 + i] >= window[0] &&
                   node[16 + i] <= window[3] && node[48 + i] >= window[1];
    uint32_t in = node[i] >= window[0] && node[32 + i] <= window[2] &&
                  node[16 + i] >= window[1] && node[48 + i] <= window[3];
    hits |= hit << i;
    within |= (hit & in) << i;
  }
  return hits | within << 16;
#endif
}

/* The same for processors with AVX2; a call of its own, since what every processor runs cannot take it
   in. */
#if defined(__x86_64__)
__attribute__((target("avx2"), noinline, unused)) static uint32_t ci_index_hits_avx2(
    const int32_t *node, const int32_t *window) {
  const __m256i *lanes = (const __m256i *)node;
  __m256i minX = _mm256_set1_epi32(window[0]), minY = _mm256_set1_epi32(window[1]);
  __m256i maxX = _mm256_set1_epi32(window[2]), maxY = _mm256_set1_epi32(window[3]);
  uint32_t hits = 0, within = 0;
  for (int i = 0; i < 2; i++) {
    __m256i x0 = _mm256_loadu_si256(lanes + i), y0 = _mm256_loadu_si256(lanes + 2 + i);
    __m256i x1 = _mm256_loadu_si256(lanes + 4 + i), y1 = _mm256_loadu_si256(lanes + 6 + i);
    __m256i miss = _mm256_or_si256(
        _mm256_or_si256(_mm256_cmpgt_epi32(x0, maxX), _mm256_cmpgt_epi32(minX, x1)),
        _mm256_or_si256(_mm256_cmpgt_epi32(y0, maxY), _mm256_cmpgt_epi32(minY, y1)));
    __m256i out = _mm256_or_si256(
        _mm256_or_si256(_mm256_cmpgt_epi32(minX, x0), _mm256_cmpgt_epi32(x1, maxX)),
        _mm256_or_si256(_mm256_cmpgt_epi32(minY, y0), _mm256_cmpgt_epi32(y1, maxY)));
    hits |= (~(uint32_t)_mm256_movemask_ps((__m256)miss) & 0xFF) << (8 * i);
    within |= (~(uint32_t)_mm256_movemask_ps((__m256)out) & 0xFF) << (8 * i);
  }
  return hits | (hits & within) << 16;
}
#else
CI_INLINE uint32_t ci_index_hits_avx2(const int32_t *node, const int32_t *window) {
  return ci_index_hits(node, window);
}
#endif

/* Which of sixteen pixels at two places are equal, a bit a pixel. */
CI_INLINE uint32_t ci_equal_pixels(const void *a, const void *b) {
  typedef bool bits __attribute__((ext_vector_type(16)));
  ci_u32x16 left, right;
  __builtin_memcpy(&left, a, sizeof left);
  __builtin_memcpy(&right, b, sizeof right);
  bits equal = __builtin_convertvector(left == right, bits);
  uint16_t word;
  __builtin_memcpy(&word, &equal, sizeof word);
  return word;
}

/* Keeps what was found for pixels from 64 i on of a row: words of little-endian bytes. Behind the row no
   pixel equals another, but each is marked as if, in one word more where the row ends with one. */
CI_INLINE void ci_keep_compared(uint64_t left, uint64_t up, int64_t i, int64_t width,
                                uint64_t *equal_left, uint64_t *equal_above, uint64_t *is_matched) {
  int64_t rest = width - 64 * i;
  uint64_t within = rest >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << rest) - 1;
  left &= i == 0 ? within & ~UINT64_C(1) : within;
  up &= within;
  equal_left[i] = ci_little_endian(left);
  equal_above[i] = ci_little_endian(up);
  is_matched[i] = ci_little_endian(left | up | ~within);
  if (rest != 64) return;
  equal_left[i + 1] = 0;
  equal_above[i + 1] = 0;
  is_matched[i + 1] = ~UINT64_C(0);
}

/* Writes, a bit a pixel, which of a row equal their left neighbours, those above if there is a row,
   one of the two. All before and behind the rows up to whole groups of 64 can be read. */
CI_INLINE void ci_compare_row(const uint32_t *row, const uint32_t *above, int64_t width,
                              uint64_t *equal_left, uint64_t *equal_above, uint64_t *is_matched) {
  for (int64_t i = 0; 64 * i < width; i++) {
    uint64_t left = 0, up = 0;
    for (int part = 0; part < 4; part++) {
      const uint32_t *here = row + 64 * i + 16 * part;
      left |= (uint64_t)ci_equal_pixels(here, here - 1) << (16 * part);
      if (above) up |= (uint64_t)ci_equal_pixels(here, above + (here - row)) << (16 * part);
    }
    ci_keep_compared(left, up, i, width, equal_left, equal_above, is_matched);
  }
}

/* The same for processors with AVX2. */
#if defined(__x86_64__)
#define ci_equal_8(a, b, i) \
  _mm256_cmpeq_epi32(_mm256_loadu_si256((a) + (i)), _mm256_loadu_si256((b) + (i)))

__attribute__((target("avx2"), always_inline)) static inline uint64_t ci_equal_32(
    const __m256i *a, const __m256i *b) {
  /* Packing goes on in each half: fours of pixels come out as 0, 2, 4, 6, 1, 3, 5, 7. */
  __m256i bytes =
      _mm256_packs_epi16(_mm256_packs_epi32(ci_equal_8(a, b, 0), ci_equal_8(a, b, 1)),
                         _mm256_packs_epi32(ci_equal_8(a, b, 2), ci_equal_8(a, b, 3)));
  bytes = _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
  return (uint32_t)_mm256_movemask_epi8(bytes);
}

__attribute__((target("avx2"), noinline, unused)) static void ci_compare_row_avx2(
    const uint32_t *row, const uint32_t *above, int64_t width, uint64_t *equal_left,
    uint64_t *equal_above, uint64_t *is_matched) {
  for (int64_t i = 0; 64 * i < width; i++) {
    const __m256i *here = (const __m256i *)(row + 64 * i);
    const __m256i *beside = (const __m256i *)(row + 64 * i - 1);
    const __m256i *over = (const __m256i *)(above + 64 * i);
    uint64_t left = ci_equal_32(here, beside) | ci_equal_32(here + 4, beside + 4) << 32;
    uint64_t up = 0;
    if (above) up = ci_equal_32(here, over) | ci_equal_32(here + 4, over + 4) << 32;
    ci_keep_compared(left, up, i, width, equal_left, equal_above, is_matched);
  }
}
#else
CI_INLINE void ci_compare_row_avx2(const uint32_t *row, const uint32_t *above, int64_t width,
                                   uint64_t *equal_left, uint64_t *equal_above,
                                   uint64_t *is_matched) {
  ci_compare_row(row, above, width, equal_left, equal_above, is_matched);
}
#endif

/* A code of a deflate stream, its first bit lowest, and how many bits it has. */
typedef struct {
  uint64_t bits, count;
} ci_code;

/* Where a stream of bits stands: the bits held back, their number below 8, and the bytes written. */
typedef struct {
  uint64_t bits, count;
  int64_t position;
} ci_bit_writer;

/* Bytes of the longest match; where the codes of matches above begin, behind those to the left. */
enum { ci_longest_match = 258, ci_length_end = 259 };

/* A row of pixels that is put into a stream. */
typedef struct {
  const uint32_t *pixels;
  int64_t width;
  /* As `ci_compare_row` wrote them. */
  const uint64_t *equal_left, *equal_above, *is_matched;
  /* The codes of literal bytes, and those of matches by how many bytes they have. */
  const ci_code *literals, *matches;
} ci_pixel_row;

/* The first bit from one on that is not that of `other`, of 64 alike; there must be one. */
CI_INLINE int64_t ci_bit_run_end(const uint64_t *words, int64_t x, uint64_t other) {
  uint64_t near;
  __builtin_memcpy(&near, (const uint8_t *)words + ((uint64_t)x >> 3), sizeof near);
  near = (ci_little_endian(near) ^ other) >> (x & 7);
  if (__builtin_expect(near != 0, 1)) return x + __builtin_ctzll(near);
  int64_t i = x >> 6;
  uint64_t word = (ci_little_endian(words[i]) ^ other) >> (x & 63) << (x & 63);
  while (word == 0) word = ci_little_endian(words[++i]) ^ other;
  return i * 64 + __builtin_ctzll(word);
}

/* Puts at most 56 bits. */
CI_INLINE void ci_put_bits(uint64_t bits, uint64_t count, ci_bit_writer *writer, uint8_t *output) {
  bits = writer->bits | bits << writer->count;
  count += writer->count;
  uint64_t word = ci_little_endian(bits);
  __builtin_memcpy(output + writer->position, &word, sizeof word);
  writer->position += count >> 3;
  writer->bits = bits >> (count & 56);
  writer->count = count & 7;
}

/* Puts a match of so many bytes. */
CI_INLINE void ci_put_match(const ci_code *matches, int64_t bytes, ci_bit_writer *writer,
                            uint8_t *output) {
  while (__builtin_expect(bytes > ci_longest_match, 0)) {
    /* No rest is shorter than a match may be. */
    int64_t length = bytes < ci_longest_match + 3 ? bytes - 3 : ci_longest_match;
    ci_put_bits(matches[length].bits, matches[length].count, writer, output);
    bytes -= length;
  }
  ci_put_bits(matches[bytes].bits, matches[bytes].count, writer, output);
}

/* Puts a row with its filter byte of zero. At `output` is room for eight bytes a pixel and eight more. */
CI_INLINE void ci_put_row_body(const ci_pixel_row *row, int64_t channels, ci_bit_writer *writer,
                               uint8_t *output) {
  const uint64_t *left = row->equal_left, *above = row->equal_above, *matched = row->is_matched;
  const ci_code *literals = row->literals, *matches = row->matches;
  const uint32_t *pixels = row->pixels;
  const int64_t width = row->width;
  ci_bit_writer to = *writer;
  int64_t x = ci_bit_run_end(above, 0, ~UINT64_C(0));
  if (x > 0) {
    /* The filter byte goes with a match above that begins the row. */
    ci_put_match(matches + ci_length_end, x * channels + 1, &to, output);
  } else {
    ci_put_bits(literals[0].bits, literals[0].count, &to, output);
  }
  for (;;) {
    int64_t start = ci_bit_run_end(matched, x, 0);
    for (; x < start; x++) {
      uint32_t pixel = pixels[x];
      const ci_code *a = literals + (uint8_t)pixel, *b = literals + (uint8_t)(pixel >> 8);
      const ci_code *c = literals + (uint8_t)(pixel >> 16);
      /* Joined first: the next pixel waits for one shift and not for three. */
      uint64_t bits = c->bits, count = a->count + b->count + c->count;
      if (channels == 4) {
        const ci_code *d = literals + (pixel >> 24);
        bits |= d->bits << c->count;
        count += d->count;
      }
      bits = a->bits | (b->bits | bits << b->count) << a->count;
      ci_put_bits(bits, count, &to, output);
    }
    if (start >= width) break;
    int64_t left_end = ci_bit_run_end(left, start, ~UINT64_C(0));
    int64_t above_end = ci_bit_run_end(above, start, ~UINT64_C(0));
    /* A branch on which is longer would be wrong half of the time. */
    x = left_end < above_end ? above_end : left_end;
    int64_t offset = (left_end - above_end) >> 63 & ci_length_end;
    ci_put_match(matches + offset, (x - start) * channels, &to, output);
  }
  *writer = to;
}

__attribute__((noinline, unused)) static void ci_put_row(const ci_pixel_row *row, bool has_alpha,
                                                         ci_bit_writer *writer, uint8_t *output) {
  if (has_alpha) ci_put_row_body(row, 4, writer, output);
  else ci_put_row_body(row, 3, writer, output);
}

/* The same for processors that shift without flags. */
#if defined(__x86_64__)
__attribute__((target("avx2,bmi,bmi2"), noinline, unused)) static void ci_put_row_avx2(
    const ci_pixel_row *row, bool has_alpha, ci_bit_writer *writer, uint8_t *output) {
  if (has_alpha) ci_put_row_body(row, 4, writer, output);
  else ci_put_row_body(row, 3, writer, output);
}
#else
CI_INLINE void ci_put_row_avx2(const ci_pixel_row *row, bool has_alpha, ci_bit_writer *writer,
                               uint8_t *output) {
  ci_put_row(row, has_alpha, writer, output);
}
#endif

/* Sums over the colour bytes of eights of pixels, and over the alphas too where they count: of all
   bytes; of all bytes times how many of their eight's are left from them on; and of the first sum before
   each eight. And whether every alpha is 255. */
typedef struct {
  uint64_t total, weighted, before;
  bool is_opaque;
} ci_byte_sums;

CI_INLINE ci_byte_sums ci_sum_bytes(const uint8_t *pixels, int64_t eights, bool counts_alpha) {
  ci_byte_sums sums = {0, 0, 0, true};
  uint8_t alpha = 255;
  for (int64_t i = 0; i < eights; i++) {
    uint32_t total = 0, weighted = 0, weight = counts_alpha ? 32 : 24;
    for (int byte = 0; byte < 32; byte++) {
      if (byte % 4 == 3) alpha &= pixels[32 * i + byte];
      if (byte % 4 == 3 && !counts_alpha) continue;
      total += pixels[32 * i + byte];
      weighted += weight-- * pixels[32 * i + byte];
    }
    sums.before += sums.total;
    sums.total += total;
    sums.weighted += weighted;
  }
  sums.is_opaque = alpha == 255;
  return sums;
}

/* The same for processors with AVX2. At most 2^16 eights fit the lanes. */
#if defined(__x86_64__)
__attribute__((target("avx2"), noinline, unused)) static ci_byte_sums ci_sum_bytes_avx2(
    const uint8_t *pixels, int64_t eights, bool counts_alpha) {
  const __m256i zero = _mm256_setzero_si256(), ones = _mm256_set1_epi16(1);
  const __m256i counted = _mm256_set1_epi32(counts_alpha ? -1 : 0xFFFFFF);
  const __m256i weights =
      counts_alpha ? _mm256_setr_epi8(32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16,
                                      15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1)
                   : _mm256_setr_epi8(24, 23, 22, 0, 21, 20, 19, 0, 18, 17, 16, 0, 15, 14, 13, 0, 12,
                                      11, 10, 0, 9, 8, 7, 0, 6, 5, 4, 0, 3, 2, 1, 0);
  __m256i total = zero, weighted = zero, before = zero, all = _mm256_set1_epi32(-1);
  for (int64_t i = 0; i < eights; i++) {
    __m256i bytes = _mm256_loadu_si256((const __m256i *)pixels + i);
    all = _mm256_and_si256(all, bytes);
    bytes = _mm256_and_si256(bytes, counted);
    before = _mm256_add_epi64(before, total);
    total = _mm256_add_epi64(total, _mm256_sad_epu8(bytes, zero));
    weighted = _mm256_add_epi32(
        weighted, _mm256_madd_epi16(_mm256_maddubs_epi16(bytes, weights), ones));
  }
  uint64_t totals[4], befores[4];
  uint32_t weighteds[8];
  _mm256_storeu_si256((__m256i *)totals, total);
  _mm256_storeu_si256((__m256i *)befores, before);
  _mm256_storeu_si256((__m256i *)weighteds, weighted);
  ci_byte_sums sums = {0, 0, 0, true};
  /* Alphas of 255 with all other bits are ones. */
  all = _mm256_or_si256(all, _mm256_set1_epi32(0xFFFFFF));
  sums.is_opaque = _mm256_movemask_epi8(_mm256_cmpeq_epi32(all, _mm256_set1_epi32(-1))) == -1;
  for (int lane = 0; lane < 4; lane++) {
    sums.total += totals[lane];
    sums.before += befores[lane];
    sums.weighted += (uint64_t)weighteds[lane] + weighteds[lane + 4];
  }
  return sums;
}
#else
CI_INLINE ci_byte_sums ci_sum_bytes_avx2(const uint8_t *pixels, int64_t eights,
                                         bool counts_alpha) {
  return ci_sum_bytes(pixels, eights, counts_alpha);
}
#endif

/* Asks for a cache line that will be read soon. */
CI_INLINE void ci_prefetch(const void *place) { __builtin_prefetch(place); }

/* Asks for the four cache lines of a node that will be read soon. */
CI_INLINE void ci_index_prefetch(const void *node) {
  for (int i = 0; i < 4; i++) __builtin_prefetch((const char *)node + 64 * i);
}

/* The squared distances from a place to sixteen boxes, and a bit for each of the first `children`
   that is not farther than `limit`. With `tags`, what is out of reach becomes infinite and the
   lowest four bits of the others become the number of their box, so that the least tells whose it
   is. Products and sums stand alone, so that no processor fuses them. */
CI_INLINE uint32_t ci_index_reach_body(const int32_t *node, double x, double y, double limit,
                                       int64_t children, bool tags, double *out) {
  ci_i64x4 bits = 0;
  ci_i64x4 number = {0, 1, 2, 3};
  ci_i64x4 infinite = 0x7FF0000000000000;
  ci_f64x4 zero = 0;
  for (int i = 0; i < 16; i += 4) {
    ci_i32x4 corners[4];
    for (int side = 0; side < 4; side++)
      __builtin_memcpy(&corners[side], node + 16 * side + i, sizeof(ci_i32x4));
    ci_f64x4 left = __builtin_convertvector(corners[0], ci_f64x4) - x;
    ci_f64x4 below = __builtin_convertvector(corners[1], ci_f64x4) - y;
    ci_f64x4 right = x - __builtin_convertvector(corners[2], ci_f64x4);
    ci_f64x4 above = y - __builtin_convertvector(corners[3], ci_f64x4);
    ci_f64x4 dx = left > right ? left : right;
    ci_f64x4 dy = below > above ? below : above;
    dx = dx > zero ? dx : zero;
    dy = dy > zero ? dy : zero;
    ci_f64x4 xx = dx * dx;
    ci_f64x4 yy = dy * dy;
    ci_f64x4 distance = xx + yy;
    ci_i64x4 reached = (distance <= limit) & (number < children);
    bits |= reached & ((ci_i64x4){1, 2, 4, 8} << i);
    if (tags) {
      ci_i64x4 word;
      __builtin_memcpy(&word, &distance, sizeof word);
      word = (((word & ~15) | number) & reached) | (infinite & ~reached);
      __builtin_memcpy(&distance, &word, sizeof word);
    }
    __builtin_memcpy(out + i, &distance, sizeof distance);
    number += 4;
  }
  return (uint32_t)(bits[0] | bits[1] | bits[2] | bits[3]);
}

__attribute__((noinline, unused)) static uint32_t ci_index_reach(
    const int32_t *node, double x, double y, double limit, int64_t children, bool tags,
    double *out) {
  return ci_index_reach_body(node, x, y, limit, children, tags, out);
}

/* The same for processors with AVX2. */
#if defined(__x86_64__)
__attribute__((target("avx2"), noinline, unused)) static uint32_t ci_index_reach_avx2(
    const int32_t *node, double x, double y, double limit, int64_t children, bool tags,
    double *out) {
  return ci_index_reach_body(node, x, y, limit, children, tags, out);
}
#else
CI_INLINE uint32_t ci_index_reach_avx2(const int32_t *node, double x, double y, double limit,
                                       int64_t children, bool tags, double *out) {
  return ci_index_reach_body(node, x, y, limit, children, tags, out);
}
#endif

/* The least of sixteen numbers. */
CI_INLINE double ci_index_least(const double *keys) {
  ci_f64x4 v[4];
  __builtin_memcpy(v, keys, sizeof v);
  v[0] = v[0] < v[1] ? v[0] : v[1];
  v[2] = v[2] < v[3] ? v[2] : v[3];
  v[0] = v[0] < v[2] ? v[0] : v[2];
  double a = v[0][0] < v[0][1] ? v[0][0] : v[0][1];
  double b = v[0][2] < v[0][3] ? v[0][2] : v[0][3];
  return a < b ? a : b;
}

/* The boxes around all of some boxes: minX, minY, maxX and maxY of four lanes each. */
CI_INLINE void ci_index_around(const int32_t *boxes, int64_t count, int32_t *around) {
  ci_i32x4 low = INT32_MAX, high = INT32_MIN;
  for (int64_t i = 0; i < count; i++) {
    ci_i32x4 box;
    __builtin_memcpy(&box, boxes + 4 * i, sizeof box);
    low = box < low ? box : low;
    high = box > high ? box : high;
  }
  around[0] = low[0];
  around[1] = low[1];
  around[2] = high[2];
  around[3] = high[3];
}

typedef uint32_t ci_u32x4 __attribute__((ext_vector_type(4)));

CI_INLINE ci_u32x4 ci_spread(ci_u32x4 bits) {
  bits = (bits | (bits << 8)) & 0x00FF00FF;
  bits = (bits | (bits << 4)) & 0x0F0F0F0F;
  bits = (bits | (bits << 2)) & 0x33333333;
  return (bits | (bits << 1)) & 0x55555555;
}

/* The places of four cells along the Hilbert curve of a 65536 x 65536 grid.
   Source: the state-free bit formulation of "rawrunprotected" (2016), public domain. */
CI_INLINE ci_u32x4 ci_hilbert(ci_u32x4 x, ci_u32x4 y) {
  ci_u32x4 a = x ^ y, b = 0xFFFF ^ a, c = 0xFFFF ^ (x | y), d = x & (y ^ 0xFFFF);
  ci_u32x4 e = a | (b >> 1), f = (a >> 1) ^ a;
  ci_u32x4 g = ((c >> 1) ^ (b & (d >> 1))) ^ c, h = ((a & (c >> 1)) ^ (d >> 1)) ^ d;
  for (int shift = 2; shift <= 4; shift += 2) {
    a = e, b = f, c = g, d = h;
    e = (a & (a >> shift)) ^ (b & (b >> shift));
    f = (a & (b >> shift)) ^ (b & ((a ^ b) >> shift));
    g ^= (a & (c >> shift)) ^ (b & (d >> shift));
    h ^= (b & (c >> shift)) ^ ((a ^ b) & (d >> shift));
  }
  a = e, b = f, c = g, d = h;
  g ^= (a & (c >> 8)) ^ (b & (d >> 8));
  h ^= (b & (c >> 8)) ^ ((a ^ b) & (d >> 8));
  a = g ^ (g >> 1);
  b = h ^ (h >> 1);
  ci_u32x4 low = x ^ y;
  ci_u32x4 high = b | (0xFFFF ^ (low | a));
  return (ci_spread(high) << 1) | ci_spread(low);
}

CI_INLINE uint32_t ci_hilbert_index(uint32_t x, uint32_t y) {
  return ci_hilbert((ci_u32x4)x, (ci_u32x4)y)[0];
}

CI_INLINE ci_u32x4 ci_grid_cells(ci_i32x4 low, ci_i32x4 high, double origin, double scale) {
  ci_f64x4 sum = __builtin_convertvector(low, ci_f64x4) + __builtin_convertvector(high, ci_f64x4);
  ci_f64x4 cell = (sum - origin) * scale;
  ci_f64x4 least = 0, most = 65535;
  cell = cell > least ? cell : least;
  cell = cell < most ? cell : most;
  return (ci_u32x4)__builtin_convertvector(cell, ci_i32x4);
}

/* Writes the curve place of each box's centre, with the box's number in the low half. `around` is
   the box around all of them. */
CI_INLINE void ci_index_keys(const int32_t *boxes, int64_t count, const int32_t *around,
                             uint64_t *keys) {
  double width = (double)around[2] - around[0], height = (double)around[3] - around[1];
  double scale_x = 65535 / (2 * (width > 1 ? width : 1));
  double scale_y = 65535 / (2 * (height > 1 ? height : 1));
  for (int64_t i = 0; i < count; i += 4) {
    int left = count - i < 4 ? (int)(count - i) : 4;
    ci_i32x4 box[4] = {0, 0, 0, 0};
    __builtin_memcpy(box, boxes + 4 * i, left == 4 ? sizeof box : (unsigned)left * sizeof box[0]);
    ci_i32x4 x0 = {box[0][0], box[1][0], box[2][0], box[3][0]};
    ci_i32x4 y0 = {box[0][1], box[1][1], box[2][1], box[3][1]};
    ci_i32x4 x1 = {box[0][2], box[1][2], box[2][2], box[3][2]};
    ci_i32x4 y1 = {box[0][3], box[1][3], box[2][3], box[3][3]};
    ci_u32x4 place = ci_hilbert(ci_grid_cells(x0, x1, 2.0 * around[0], scale_x),
                                ci_grid_cells(y0, y1, 2.0 * around[1], scale_y));
    for (int lane = 0; lane < left; lane++)
      keys[i + lane] = (uint64_t)place[lane] << 32 | (uint32_t)(i + lane);
  }
}

/* Writes `count` boxes, at most sixteen, into a node's lanes and the box around their corners into
   the lane of its parent, if it has one. The order goes on for `ahead` numbers from the 32nd. */
CI_INLINE void ci_index_fill(const int32_t *boxes, const uint32_t *order, int64_t count,
                             int64_t ahead, int32_t *node, int32_t *parent) {
  ci_i32x4 low = INT32_MAX, high = INT32_MIN;
  for (int64_t i = 0; i < count; i++) {
    if (i < ahead) __builtin_prefetch(boxes + 4 * (int64_t)order[i + 32]);
    ci_i32x4 box;
    __builtin_memcpy(&box, boxes + 4 * (int64_t)order[i], sizeof box);
    low = box < low ? box : low;
    high = box > high ? box : high;
    node[i] = box[0];
    node[16 + i] = box[1];
    node[32 + i] = box[2];
    node[48 + i] = box[3];
  }
  if (!parent) return;
  parent[0] = low[0] < low[2] ? low[0] : low[2];
  parent[16] = low[1] < low[3] ? low[1] : low[3];
  parent[32] = high[0] > high[2] ? high[0] : high[2];
  parent[48] = high[1] > high[3] ? high[1] : high[3];
}

typedef uint8_t ci_u8x64 __attribute__((ext_vector_type(64)));

/* Makes 64 bytes of a halo: `halo[i]` becomes the greatest share that any ring gives. Ring r takes the
   most ink at the places `deltas[ends[r - 1]]` up to `deltas[ends[r]]` from i, and from it the share
   that its gain of -254...255 makes: HaloKernel.swift has the rule. */
CI_INLINE void ci_halo(
    const uint8_t *ink, const int64_t *deltas, const int64_t *ends, const int64_t *gains,
    int64_t rings, uint8_t *halo) {
  ci_u8x64 shares = 0;
  int64_t next = 0;
  for (int64_t ring = 0; ring < rings; ring++) {
    ci_u8x64 most = 0, there;
    for (; next < ends[ring]; next++) {
      __builtin_memcpy(&there, ink + deltas[next], sizeof there);
      most = __builtin_elementwise_max(most, there);
    }
    if (gains[ring] < 0) {
      most = __builtin_elementwise_sub_sat(most, (ci_u8x64)(uint8_t)-gains[ring]);
    } else {
      /* Sixteen times the ink, 255 at the most: four doublings. */
      ci_u8x64 firm = __builtin_elementwise_add_sat(most, most);
      firm = __builtin_elementwise_add_sat(firm, firm);
      firm = __builtin_elementwise_add_sat(firm, firm);
      firm = __builtin_elementwise_add_sat(firm, firm);
      most = __builtin_elementwise_add_sat(most, (ci_u8x64)(uint8_t)gains[ring]);
      most = __builtin_elementwise_min(most, firm);
    }
    shares = __builtin_elementwise_max(shares, most);
  }
  __builtin_memcpy(halo, &shares, sizeof shares);
}

typedef uint8_t ci_u8x8 __attribute__((ext_vector_type(8)));
typedef uint16_t ci_u16x8 __attribute__((ext_vector_type(8)));

/* Joins shares of 255 as if they were independent: a + b - ab, the product rounded to the nearest. */
CI_INLINE void ci_join8(uint8_t *target, uint64_t source) {
  ci_u8x8 here, there;
  __builtin_memcpy(&here, target, sizeof here);
  __builtin_memcpy(&there, &source, sizeof there);
  ci_u16x8 a = __builtin_convertvector(here, ci_u16x8), b = __builtin_convertvector(there, ci_u16x8);
  ci_u16x8 scaled = a * b + 128;
  here = __builtin_convertvector(a + b - ((scaled + (scaled >> 8)) >> 8), ci_u8x8);
  __builtin_memcpy(target, &here, sizeof here);
}

CI_INLINE void ci_join(uint8_t *target, const uint8_t *source, int64_t count) {
  uint64_t word;
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    __builtin_memcpy(&word, source + i, sizeof word);
    if (word != 0) ci_join8(target + i, word);
  }
  if (i == count) return;
  if (count >= 8) {
    /* The last eight, of which some were joined before: nothing joins these. */
    __builtin_memcpy(&word, source + count - 8, sizeof word);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = word << (8 * (8 - (count - i))) >> (8 * (8 - (count - i)));
#else
    word = word >> (8 * (8 - (count - i))) << (8 * (8 - (count - i)));
#endif
    if (word != 0) ci_join8(target + count - 8, word);
    return;
  }
  for (; i < count; i++) {
    uint32_t a = target[i], b = source[i], scaled = a * b + 128;
    target[i] = (uint8_t)(a + b - ((scaled + (scaled >> 8)) >> 8));
  }
}

#endif
