// Products of bfloat16 for one instruction set, and attention of no more precision. Included after template_floats.h, and after the float products and
// attention unless the file sets, where the processor has instructions for it,
//   ROUNDED_BF16(value)         floats rounded to bfloat16, each in a word
//   DOT_PAIRS(left, line, sum)  sum + both products of each pair of bfloat16
// Without them rounded numbers are multiplied as floats: a product of two of them is exact in float. The left rows are rounded first, a row at a time.

static void near_gelu_f32(size_t n, float *x) { MAP(near_gelu_of); }

static void finish_near(ck_activation activation, size_t rows, size_t columns, float *c, size_t ldc) {
    if (activation == CK_GELU) {
        for (size_t r = 0; r < rows; r++) near_gelu_f32(columns, c + r * ldc);
    } else {
        activate_rows_f32(activation, rows, columns, c, ldc);
    }
}

// 2^x for x up to 0, relative error 8e-5 where bfloat16 has up to 2^-8; 2^-100 below -100, as good as nothing beside the 1 of the largest, and
// far from the subnormal numbers, which take processors a hundred times as long. As exp_of otherwise, with a shorter polynomial (coefficients:
// scripts/goldens/kernel_coefficients.py).
INLINE floats near_power_of(floats x) {
    x = x < -100.0f ? (floats)-100.0f : x;
    const floats shifted = x + ROUNDING, r = x - (shifted - ROUNDING);
    floats y = (floats)0.055171411484479904f;
    y = FMA(y, r, (floats)0.2426111400127411f);
    y = FMA(y, r, (floats)0.6932610273361206f);
    y = FMA(y, r, (floats)0.9999280571937561f);
    return y * __builtin_bit_cast(floats, (__builtin_bit_cast(words, shifted) - (ROUNDED_ZERO - 127u)) << 23);
}

// A row of n scores, whole vectors, becomes exp(scale * row - its largest) in place, and what brings its sum to 1 is returned.
INLINE floats near_powers(size_t n, float scale, float *row) {
    // exp(x) = 2^(x / ln 2)
    scale *= 1.44269504f;
    floats best = load(row);
    for (size_t i = FLOATS; i < n; i += FLOATS) {
        const floats v = load(row + i);
        best = v > best ? v : best;
    }
    const floats top = (floats)(lane_max(best) * -scale);
    floats total = (floats)0;
    for (size_t i = 0; i < n; i += FLOATS) {
        const floats v = near_power_of(FMA(load(row + i), (floats)scale, top));
        store(row + i, v);
        total += v;
    }
    return (floats)(1.0f / lane_sum(total));
}

#ifdef DOT_PAIRS

typedef unsigned short halves __attribute__((ext_vector_type(VECTOR_BYTES / sizeof(float))));

#define REAL float
#define GROUP unsigned
#define MULTIPLY_ADD DOT_PAIRS
#define FINISH(activation, rows, columns, c, ldc, i, j, context) finish_near(activation, rows, columns, c, ldc)
#define ID(name) name##_bf16
#include "template_gemm.h"

static size_t left_row_bf16(size_t k) { return (k + 1) / 2 * sizeof(unsigned); }

static void round_row(size_t k, const float *x, unsigned short *to) {
    size_t p = 0;
    for (; p + FLOATS <= k; p += FLOATS) {
        const halves some = __builtin_convertvector(ROUNDED_BF16(load(x + p)), halves);
        __builtin_memcpy(to + p, &some, sizeof some);
    }
    if (p < k) {
        const halves some = __builtin_convertvector(ROUNDED_BF16(load_part(x + p, k - p, 0)), halves);
        __builtin_memcpy(to + p, &some, (k - p) * sizeof *to);
    }
    if (k % 2) to[k] = 0;
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

// Values of one head, packed as the right side of a product: a word holds the values of two tokens.
static void pack_values(size_t length, size_t head_size, const float *v, size_t ld, unsigned *packed) {
    const size_t pairs = (length + 1) / 2;
    for (size_t j = 0; j < head_size; j += FLOATS) {
        const size_t count = head_size - j < FLOATS ? head_size - j : FLOATS;
        unsigned *to = packed + j / CK_PANEL * CK_PANEL * pairs + j % CK_PANEL;
        for (size_t p = 0; p < length; p += 2, to += CK_PANEL) {
            const float *first = v + p * ld + j;
            words pair = ROUNDED_BF16(count == FLOATS ? load(first) : load_part(first, count, 0));
            if (p + 1 < length) pair |= ROUNDED_BF16(count == FLOATS ? load(first + ld) : load_part(first + ld, count, 0)) << 16;
            __builtin_memcpy(to, &pair, sizeof pair);
        }
    }
}

// A row of n scores, whole vectors, becomes softmax(scale * row) in bfloat16, in the first half of where it was.
static void softmax_bf16(size_t n, float scale, float *row) {
    const floats factor = near_powers(n, scale, row);
    for (size_t i = 0; i < n; i += FLOATS) {
        const halves some = __builtin_convertvector(ROUNDED_BF16(load(row + i) * factor), halves);
        __builtin_memcpy((unsigned short *)row + i, &some, sizeof some);
    }
}

static void attention_bf16(size_t length, size_t heads, size_t head_size, float scale, const float *q, const float *k, const float *v, size_t ld,
                           float *out, size_t ldo, float *scratch) {
    const size_t pairs = (head_size + 1) / 2, padded = ck_whole_panels(length);
    // Rows in pairs: first the keys, to be packed, then the queries.
    float *rows_of_pairs = scratch, *keys = rows_of_pairs + length * pairs, *values = keys + ck_packed_count_f32(length, pairs);
    float *mask = values + ck_packed_count_f32(head_size, (length + 1) / 2), *scores = mask + padded;
    for (size_t j = 0; j < padded; j++) mask[j] = j < length ? 0 : -__builtin_inff();
    for (size_t h = 0; h < heads; h++) {
        const size_t column = h * head_size;
        left_bf16(length, head_size, k + column, ld, rows_of_pairs);
        // A pair is moved as a float of the same bits.
        ck_pack_f32(length, pairs, rows_of_pairs, pairs, 1, keys);
        left_bf16(length, head_size, q + column, ld, rows_of_pairs);
        pack_values(length, head_size, v + column, ld, (unsigned *)values);
        for (size_t row = 0; row < length; row += CK_ATTENTION_ROWS) {
            const size_t rows = length - row < CK_ATTENTION_ROWS ? length - row : CK_ATTENTION_ROWS;
            const unsigned *queries = (const unsigned *)rows_of_pairs + row * pairs;
            product_bf16(rows, padded, pairs, queries, pairs, (const unsigned *)keys, mask, CK_IDENTITY, 0, scores, padded, NULL);
            for (size_t i = 0; i < rows; i++) softmax_bf16(padded, scale, scores + i * padded);
            product_bf16(rows, head_size, (length + 1) / 2, (const unsigned *)scores, padded, (const unsigned *)values, NULL, CK_IDENTITY, 0,
                         out + row * ldo + column, ldo, NULL);
        }
    }
}

#else

static size_t left_row_bf16(size_t k) { return k * sizeof(float); }

// To nearest, ties to even; what is not a number stays so.
INLINE floats rounded_floats(floats value) {
    const words bits = __builtin_bit_cast(words, value);
    const words rounded = bits + 0x7fffu + ((bits >> 16) & 1u);
    return __builtin_bit_cast(floats, ((bits & 0x7fffffffu) > 0x7f800000u ? bits | 0x400000u : rounded) & 0xffff0000u);
}

static void left_bf16(size_t m, size_t k, const float *a, size_t lda, void *left) {
    for (size_t i = 0; i < m; i++) {
        const float *row = a + i * lda;
        float *to = (float *)left + i * k;
        size_t p = 0;
        for (; p + FLOATS <= k; p += FLOATS) store(to + p, rounded_floats(load(row + p)));
        if (p < k) store_part(to + p, rounded_floats(load_part(row + p, k - p, 0)), k - p);
    }
}

// Panels, and pairs of each, that become floats at a time, for all rows: 32 KB.
#define UNPACKED_PANELS 4
#define UNPACKED_PAIRS 64

// Pairs of a panel to lines of floats. An odd k leaves the last line to the panel that follows.
static void unpack_pairs(size_t pairs, const unsigned *panel, float *to) {
    for (size_t p = 0; p < pairs; p++, panel += CK_PANEL, to += 2 * CK_PANEL) {
        for (size_t j = 0; j < CK_PANEL; j += FLOATS) {
            words pair;
            __builtin_memcpy(&pair, panel + j, sizeof pair);
            store(to + j, __builtin_bit_cast(floats, pair << 16));
            store(to + CK_PANEL + j, __builtin_bit_cast(floats, pair & 0xffff0000u));
        }
    }
}

static void gemm_bf16(size_t m, size_t n, size_t k, const void *left, const void *packed, size_t first, size_t end, const float *bias,
                      ck_activation activation, float *c, size_t ldc) {
    (void)n;
    _Alignas(CK_LINE) float block[2 * UNPACKED_PAIRS * UNPACKED_PANELS * CK_PANEL];
    const size_t pairs = (k + 1) / 2, width = UNPACKED_PANELS * CK_PANEL;
    for (size_t j = first; j < end; j += width) {
        const size_t columns = end - j < width ? end - j : width;
        // Once where k is 0, for the bias.
        for (size_t p = 0; p == 0 || p < pairs; p += UNPACKED_PAIRS) {
            const size_t part = pairs - p < UNPACKED_PAIRS ? pairs - p : UNPACKED_PAIRS, depth = 2 * (p + part) > k ? k - 2 * p : 2 * part;
            for (size_t q = 0; q < columns; q += CK_PANEL)
                unpack_pairs(part, (const unsigned *)packed + (j + q) * pairs + p * CK_PANEL, block + q * depth);
            product_f32(m, columns, depth, (const float *)left + 2 * p, k, block, p == 0 && bias ? bias + j : NULL, CK_IDENTITY, p > 0, c + j, ldc,
                        NULL);
        }
        finish_near(activation, m, columns, c + j, ldc);
    }
}

static void near_softmax_f32(size_t rows, size_t n, float scale, float *x, size_t ldx) {
    for (size_t i = 0; i < rows; i++) {
        float *row = x + i * ldx;
        const floats factor = near_powers(n, scale, row);
        for (size_t j = 0; j < n; j += FLOATS) store(row + j, load(row + j) * factor);
    }
}

// Floats need no rounding to be multiplied.
static void attention_bf16(size_t length, size_t heads, size_t head_size, float scale, const float *q, const float *k, const float *v, size_t ld,
                           float *out, size_t ldo, float *scratch) {
    attend(near_softmax_f32, length, heads, head_size, scale, q, k, v, ld, out, ldo, scratch);
}

#endif

const struct ck_low_table BF16_TABLE = {left_row_bf16, left_bf16, gemm_bf16, attention_bf16};
