// Products of bytes for one instruction set. Included after template_floats.h. A file may set, where the processor has an instruction for it,
//   DOT_BYTES(left, line, sum)  sum + all four products of each four bytes, left unsigned, line signed
//   ADD_PAIRS(a, b)             sums of both products of each pair of 16-bit integers
//
// The left rows become bytes first, a row at a time, so that a row's result depends on it alone. Products are exact in 32-bit integers, hence the same for
// every instruction set.

typedef int ints __attribute__((ext_vector_type(VECTOR_BYTES / sizeof(int))));
typedef ints loose_ints __attribute__((aligned(4), may_alias));
typedef short shorts __attribute__((ext_vector_type(VECTOR_BYTES / sizeof(short))));
typedef unsigned char bytes __attribute__((ext_vector_type(VECTOR_BYTES / sizeof(float))));

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

// `count` sums of each of a tile's rows, one vector, become floats in place, so that what belongs to their columns is read once. `activation` is a constant
// at every use.
INLINE void finish_vectors(ck_activation activation, size_t rows, size_t count, int *c, size_t ldc, size_t i, size_t j,
                           const struct byte_scales *s) {
    const size_t stride = s->stride;
    const unsigned *left = s->left + i * stride;
    // The scales and sums of the right side are as wide as its panels, the bias is not.
    const floats right_scale = load(s->right_scale + j);
    const ints right_sum = *(const loose_ints *)(s->right_sum + j);
    const floats bias = s->bias ? load_part(s->bias + j, count, 0) : (floats)0;
    for (size_t r = 0; r < rows; r++, left += stride, c += ldc) {
        ints sum = (ints)0;
        __builtin_memcpy(&sum, c, count * sizeof *c);
        const ints exact = sum - *(const int *)(left + 1) * right_sum;
        floats value = FMA(__builtin_convertvector(exact, floats), *(const float *)left * right_scale, bias);
        if (activation == CK_GELU) value = near_gelu_of(value);
        store_part((float *)c, value, count);
    }
}

INLINE void finish_tile(ck_activation activation, size_t rows, size_t columns, int *c, size_t ldc, size_t i, size_t j,
                        const struct byte_scales *s) {
    size_t p = 0;
    for (; p + FLOATS <= columns; p += FLOATS) finish_vectors(activation, rows, FLOATS, c + p, ldc, i, j + p, s);
    if (p < columns) finish_vectors(activation, rows, columns - p, c + p, ldc, i, j + p, s);
}

// The activation that most models have is done on the way, others by themselves.
static void finish_bytes(ck_activation activation, size_t rows, size_t columns, int *c, size_t ldc, size_t i, size_t j,
                         const struct byte_scales *s) {
    if (activation == CK_GELU) {
        finish_tile(CK_GELU, rows, columns, c, ldc, i, j, s);
    } else {
        finish_tile(CK_IDENTITY, rows, columns, c, ldc, i, j, s);
        activate_rows_f32(activation, rows, columns, (float *)c, ldc);
    }
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

// Bytes of x * factor + zero, to nearest, where `shift` is zero + ROUNDING.
INLINE bytes to_bytes(floats x, floats factor, floats shift) {
    ints v = __builtin_bit_cast(ints, FMA(x, factor, shift));
    v = __builtin_elementwise_max(v, (ints)ROUNDED_ZERO);
    v = __builtin_elementwise_min(v, (ints)(ROUNDED_ZERO + 255));
    return __builtin_convertvector(v, bytes);
}

// A row's values mixed, and the range that they and 0 lie in.
static void mix_row(size_t k, const float *x, float *mixed, float *least, float *most) {
    const size_t step = k / MIXED, count = mixed_count(step);
    floats low = (floats)0, high = (floats)0;
    for (size_t p = 0; p < step; p = mixed_next(p, step)) {
        floats some[MIXED];
        mix(x, step, p, some);
#pragma clang loop unroll(full)
        for (size_t i = 0; i < MIXED; i++) {
            widen(&low, &high, some[i]);
            if (count == FLOATS)
                store(mixed + i * step + p, some[i]);
            else
                store_part(mixed + i * step + p, some[i], count);
        }
    }
    for (size_t p = step * MIXED; p < k; p++) {
        widen(&low, &high, (floats)x[p]);
        mixed[p] = x[p];
    }
    *least = -lane_max(-low);
    *most = lane_max(high);
}

// The range of a row's mixed values becomes 0 ... 255: q = round(x / scale) + zero (Jacob et al. 2018, section 2.1).
static void quantize_row(size_t k, const float *mixed, float least, float most, unsigned char *to, float *scale, int *zero) {
    const float width = most - least;
    *scale = width / 255.0f;
    const float factor = width > 0 ? 255.0f / width : 0;
    const float origin = (-least * factor + ROUNDING) - ROUNDING;
    *zero = (int)(origin >= 0 && origin <= 255 ? origin : 0);
    const floats shift = (floats)(ROUNDING + (float)*zero);
    const size_t whole = k / FLOATS * FLOATS;
#pragma clang loop unroll_count(4)
    for (size_t p = 0; p < whole; p += FLOATS) {
        const bytes some = to_bytes(load(mixed + p), (floats)factor, shift);
        __builtin_memcpy(to + p, &some, sizeof some);
    }
    if (whole < k) {
        const bytes some = to_bytes(load_part(mixed + whole, k - whole, 0), (floats)factor, shift);
        __builtin_memcpy(to + whole, &some, k - whole);
    }
    __builtin_memset(to + k, 0, (4 - k % 4) % 4);
}

// So many rows are mixed, where there is room, before the first of them becomes bytes: its range is known by then.
#define ROWS_AHEAD 4

static void left_s8(size_t m, size_t k, const float *a, size_t lda, void *left) {
    _Alignas(CK_LINE) float mixed[CK_WIDEST_S8];
    float least[ROWS_AHEAD], most[ROWS_AHEAD];
    const size_t together = ROWS_AHEAD * k <= CK_WIDEST_S8 ? ROWS_AHEAD : 1;
    for (size_t i = 0; i < m; i += together) {
        const size_t rows = m - i < together ? m - i : together;
        for (size_t r = 0; r < rows; r++) mix_row(k, a + (i + r) * lda, mixed + r * k, least + r, most + r);
        for (size_t r = 0; r < rows; r++) {
            unsigned *row = (unsigned *)left + (i + r) * BYTE_ROW(k), *scale = row + (k + 3) / 4;
            quantize_row(k, mixed + r * k, least[r], most[r], (unsigned char *)row, (float *)scale, (int *)(scale + 1));
        }
    }
}

static void gemm_s8(size_t m, size_t n, size_t k, const void *left, const void *packed, size_t first, size_t end, const float *bias,
                    ck_activation activation, float *c, size_t ldc) {
    const size_t groups = (k + 3) / 4, padded = ck_whole_panels(n);
    const float *right_scale = (const float *)((const unsigned *)packed + padded * groups);
    const struct byte_scales scales = {
        (const unsigned *)left + groups, BYTE_ROW(k), right_scale + first, (const int *)(right_scale + padded) + first, bias ? bias + first : NULL,
    };
    const unsigned *panels = (const unsigned *)packed + first * groups;
    product_s8(m, end - first, groups, left, BYTE_ROW(k), panels, NULL, activation, 0, (int *)c + first, ldc, &scales);
}

static size_t left_row_s8(size_t k) { return BYTE_ROW(k) * sizeof(unsigned); }

const struct ck_low_table S8_TABLE = {left_row_s8, left_s8, gemm_s8, NULL};
