// Products whose operands have less precision than float, for one instruction set. Included after template_floats.h, whose vectors they use. A file
// may set, where the processor has an instruction for it,
//   DOT_PAIRS(left, line, sum)  sum + both products of each pair of bfloat16
//   DOT_BYTES(left, line, sum)  sum + all four products of each four bytes, left unsigned, line signed
//   ADD_PAIRS(a, b)             sums of both products of each pair of 16-bit integers
//
// The left rows are brought to the precision first, a row at a time, so that a row's result depends on it alone. Products of bytes are exact
// in 32-bit integers, hence the same for every instruction set.

typedef int ints __attribute__((ext_vector_type(VECTOR_BYTES / sizeof(int))));
typedef ints loose_ints __attribute__((aligned(4), may_alias));
typedef short shorts __attribute__((ext_vector_type(VECTOR_BYTES / sizeof(short))));
typedef unsigned short halves __attribute__((ext_vector_type(VECTOR_BYTES / sizeof(float))));
typedef unsigned char bytes __attribute__((ext_vector_type(VECTOR_BYTES / sizeof(float))));

#ifndef DOT_PAIRS
// A bfloat16 is the upper half of a float.
INLINE floats dot_pairs(words left, words line, floats sum) {
    sum = FMA(__builtin_bit_cast(floats, left << 16), __builtin_bit_cast(floats, line << 16), sum);
    return FMA(__builtin_bit_cast(floats, left & 0xffff0000u), __builtin_bit_cast(floats, line & 0xffff0000u), sum);
}
#define DOT_PAIRS dot_pairs
#endif

#ifndef DOT_BYTES
#ifdef ADD_PAIRS
// The even and the odd bytes of each group, as 16-bit integers.
INLINE ints dot_bytes(words left, words line, ints sum) {
    const words even = left & 0x00ff00ffu, odd = (left >> 8) & 0x00ff00ffu;
    const shorts signed_even = __builtin_bit_cast(shorts, line << 8) >> 8, signed_odd = __builtin_bit_cast(shorts, line) >> 8;
    return sum + __builtin_bit_cast(ints, ADD_PAIRS(even, signed_even)) + __builtin_bit_cast(ints, ADD_PAIRS(odd, signed_odd));
}
#else
INLINE ints dot_bytes(words left, words line, ints sum) {
    for (int place = 0; place < 32; place += 8)
        sum += __builtin_bit_cast(ints, (left >> place) & 0xffu) * (__builtin_bit_cast(ints, line << (24 - place)) >> 24);
    return sum;
}
#endif
#define DOT_BYTES dot_bytes
#endif

#define REAL float
#define GROUP unsigned
#define MULTIPLY_ADD DOT_PAIRS
#define FINISH(activation, columns, row, i, j, context) activate_f32(activation, columns, row)
#define ID(name) name##_bf16
#include "template_gemm.h"

// To nearest, ties to even; what is not a number stays so.
INLINE words rounded_bf16(floats value) {
    const words bits = __builtin_bit_cast(words, value);
    const words rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
    return (bits & 0x7fffffffu) > 0x7f800000u ? (bits >> 16) | 0x40u : rounded;
}

static void round_row(size_t k, const float *x, unsigned short *to) {
    size_t p = 0;
    for (; p + FLOATS <= k; p += FLOATS) {
        const halves some = __builtin_convertvector(rounded_bf16(load(x + p)), halves);
        __builtin_memcpy(to + p, &some, sizeof some);
    }
    if (p < k) {
        const halves some = __builtin_convertvector(rounded_bf16(load_part(x + p, k - p, 0)), halves);
        __builtin_memcpy(to + p, &some, (k - p) * sizeof *to);
    }
    __builtin_memset(to + k, 0, (k % 2) * sizeof *to);
}

static void left_bf16(size_t m, size_t k, const float *a, size_t lda, void *left) {
    for (size_t i = 0; i < m; i++) round_row(k, a + i * lda, (unsigned short *)left + i * ((k + 1) / 2 * 2));
}

static void gemm_bf16(size_t m, size_t n, size_t k, const void *left, const void *packed, size_t first, size_t end, const float *bias,
                      ck_activation activation, float *c, size_t ldc) {
    (void)n;
    const size_t groups = (k + 1) / 2;
    const unsigned *panels = (const unsigned *)packed + first * groups;
    product_bf16(m, end - first, groups, left, groups, panels, bias ? bias + first : NULL, activation, 0, c + first, ldc, NULL);
}

// A left row of bytes: its groups, then what it was scaled by and its byte for 0.
#define BYTE_ROW(k) (((k) + 3) / 4 + 2)

// What turns sums of products of bytes into results: x = scale * (byte - zero) on the left, w = scale * byte on the right.
struct byte_scales {
    // Of the first left row; the others' follow in steps of `stride`.
    const unsigned *left;
    size_t stride;
    const float *right_scale;
    const int *right_sum;
    const float *bias;
};

INLINE floats scaled(ints sum, floats scale, int zero, const struct byte_scales *s, size_t j) {
    const ints exact = sum - zero * *(const loose_ints *)(s->right_sum + j);
    return __builtin_convertvector(exact, floats) * (scale * load(s->right_scale + j));
}

// Sums become floats in place. The scales and sums of the right side are as wide as its panels, the bias is not.
static void finish_bytes(ck_activation activation, size_t columns, int *row, size_t i, size_t j, const struct byte_scales *s) {
    float *results = (float *)row;
    const unsigned *left = s->left + i * s->stride;
    const floats scale = (floats)*(const float *)left;
    const int zero = *(const int *)(left + 1);
    size_t p = 0;
    for (; p + FLOATS <= columns; p += FLOATS) {
        const floats value = scaled(*(const loose_ints *)(row + p), scale, zero, s, j + p);
        store(results + p, s->bias ? value + load(s->bias + j + p) : value);
    }
    if (p < columns) {
        ints sums = (ints)0;
        __builtin_memcpy(&sums, row + p, (columns - p) * sizeof *row);
        floats value = scaled(sums, scale, zero, s, j + p);
        if (s->bias) value += load_part(s->bias + j + p, columns - p, 0);
        store_part(results + p, value, columns - p);
    }
    activate_f32(activation, columns, results);
}

#include "template_mix.h"

#define REAL int
#define GROUP unsigned
#define MULTIPLY_ADD DOT_BYTES
#define FINISH finish_bytes
#define ID(name) name##_s8
#include "template_gemm.h"

INLINE void widen(floats *low, floats *high, floats v) {
    *low = v < *low ? v : *low;
    *high = v > *high ? v : *high;
}

// Bytes of x / scale + zero, to nearest: adding 1.5 * 2^23 rounds and leaves the integer in the low bits.
INLINE bytes to_bytes(floats x, floats factor, floats zero) {
    floats v = FMA(x, factor, zero);
    v = v < 0.0f ? (floats)0 : v;
    v = v > 255.0f ? (floats)255.0f : v;
    return __builtin_convertvector(__builtin_bit_cast(words, v + 12582912.0f) & 0xffu, bytes);
}

INLINE void store_bytes(unsigned char *to, bytes some, size_t count) {
    if (count == FLOATS)
        __builtin_memcpy(to, &some, sizeof some);
    else
        __builtin_memcpy(to, &some, count);
}

// The range of a row's mixed values, 0 in it, becomes 0 ... 255: q = round(x / scale) + zero (Jacob et al. 2018, section 2.1). They are mixed twice,
// so that there need be no room for them.
static void quantize_row(size_t k, const float *x, unsigned char *to, float *scale, int *zero) {
    const size_t step = k / MIXED, rest = k % MIXED, last = k - rest, count = mixed_count(step);
    floats low = (floats)0, high = (floats)0, mixed[MIXED];
    for (size_t p = 0; p < step; p = mixed_next(p, step)) {
        mix(x, step, p, mixed);
        for (size_t i = 0; i < MIXED; i++) widen(&low, &high, mixed[i]);
    }
    for (size_t p = 0; p < rest; p += FLOATS) widen(&low, &high, load_part(x + last + p, rest - p < FLOATS ? rest - p : FLOATS, 0));
    const float least = -lane_max(-low), range = lane_max(high) - least;
    *scale = range / 255.0f;
    const float factor = range > 0 ? 255.0f / range : 0;
    const float origin = (-least * factor + 12582912.0f) - 12582912.0f;
    *zero = (int)(origin >= 0 && origin <= 255 ? origin : 0);
    const floats shift = (floats)(float)*zero;
    for (size_t p = 0; p < step; p = mixed_next(p, step)) {
        mix(x, step, p, mixed);
        for (size_t i = 0; i < MIXED; i++) store_bytes(to + i * step + p, to_bytes(mixed[i], (floats)factor, shift), count);
    }
    for (size_t p = 0; p < rest; p += FLOATS) {
        const size_t some = rest - p < FLOATS ? rest - p : FLOATS;
        store_bytes(to + last + p, to_bytes(load_part(x + last + p, some, 0), (floats)factor, shift), some);
    }
    __builtin_memset(to + k, 0, (4 - k % 4) % 4);
}

static void left_s8(size_t m, size_t k, const float *a, size_t lda, void *left) {
    for (size_t i = 0; i < m; i++) {
        unsigned *row = (unsigned *)left + i * BYTE_ROW(k), *scale = row + (k + 3) / 4;
        quantize_row(k, a + i * lda, (unsigned char *)row, (float *)scale, (int *)(scale + 1));
    }
}

static void gemm_s8(size_t m, size_t n, size_t k, const void *left, const void *packed, size_t first, size_t end, const float *bias,
                    ck_activation activation, float *c, size_t ldc) {
    const size_t groups = (k + 3) / 4, width = CK_LINE / sizeof(float), padded = (n + width - 1) / width * width;
    const float *right_scale = (const float *)((const unsigned *)packed + padded * groups);
    const struct byte_scales scales = {
        (const unsigned *)left + groups, BYTE_ROW(k), right_scale + first, (const int *)(right_scale + padded) + first, bias ? bias + first : NULL,
    };
    const unsigned *panels = (const unsigned *)packed + first * groups;
    product_s8(m, end - first, groups, left, BYTE_ROW(k), panels, NULL, activation, 0, (int *)c + first, ldc, &scales);
}

const struct ck_low_table LOW_TABLE = {{left_bf16, left_s8}, {gemm_bf16, gemm_s8}};
