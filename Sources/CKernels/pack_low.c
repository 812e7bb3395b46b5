// Packing for products of less precision. Panels are those of the float products, with a group of two bfloat16 or four bytes, consecutive in
// the inner dimension, where a float stands there. For bytes, each column's scale and sum follow the panels.
#include "kernels.h"

#define VECTOR_BYTES 16
#define FMA(a, b, c) ((a) * (b) + (c))
#include "template_floats.h"
#include "template_mix.h"

static size_t group_size(ck_precision precision) { return precision == CK_BF16 ? 2 : 4; }

static size_t groups_of(ck_precision precision, size_t k) { return (k + group_size(precision) - 1) / group_size(precision); }

size_t ck_packed_bytes_low(ck_precision precision, size_t n, size_t k) {
    const size_t panels = ck_whole_panels(n) * groups_of(precision, k) * sizeof(unsigned);
    return precision == CK_BF16 ? panels : panels + ck_whole_panels(n) * (sizeof(float) + sizeof(int));
}

static unsigned rounded_bf16(float value) {
    const unsigned bits = __builtin_bit_cast(unsigned, value);
    return (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
}

static void pack_pairs(size_t k, const float *column, unsigned *panel) {
    for (size_t p = 0; p < k; p += 2)
        panel[p / 2 * CK_PANEL] = rounded_bf16(column[p]) | (p + 1 < k ? rounded_bf16(column[p + 1]) << 16 : 0);
}

// Byte p of a column whose first group is at `panel`.
static signed char *byte_at(unsigned *panel, size_t p) { return (signed char *)(panel + p / 4 * CK_PANEL) + p % 4; }

// To nearest, ties to even.
static signed char rounded(float value) { return (signed char)__builtin_bit_cast(int, value + ROUNDING); }

static void pack_bytes(size_t k, const float *column, unsigned *panel, float *scale, int *sum) {
    const size_t step = k / MIXED, count = mixed_count(step);
    floats most = (floats)0, mixed[MIXED];
    for (size_t p = 0; p < step; p = mixed_next(p, step)) {
        mix(column, step, p, mixed);
        for (size_t i = 0; i < MIXED; i++) most = __builtin_elementwise_max(most, __builtin_elementwise_abs(mixed[i]));
    }
    float largest = lane_max(most);
    for (size_t p = step * MIXED; p < k; p++) largest = __builtin_fmaxf(largest, __builtin_fabsf(column[p]));
    // The factor of a column of tiny values could overflow; such a column is nothing beside any other.
    const float factor = largest > 1e-30f ? 127.0f / largest : 0;
    *scale = largest / 127.0f;
    for (size_t p = 0; p < step; p = mixed_next(p, step)) {
        mix(column, step, p, mixed);
        for (size_t i = 0; i < MIXED; i++)
            for (size_t l = 0; l < count; l++) *byte_at(panel, i * step + p + l) = rounded(mixed[i][l] * factor);
    }
    for (size_t p = step * MIXED; p < k; p++) *byte_at(panel, p) = rounded(column[p] * factor);
    *sum = 0;
    for (size_t p = 0; p < k; p++) *sum += *byte_at(panel, p);
}

void ck_pack_low(ck_precision precision, size_t n, size_t k, const float *b, size_t ldb, void *packed) {
    const size_t groups = groups_of(precision, k);
    __builtin_memset(packed, 0, ck_packed_bytes_low(precision, n, k));
    unsigned *panels = packed;
    float *scale = (float *)(panels + ck_whole_panels(n) * groups);
    int *sum = (int *)(scale + ck_whole_panels(n));
    for (size_t j = 0; j < n; j++) {
        unsigned *panel = panels + j / CK_PANEL * CK_PANEL * groups + j % CK_PANEL;
        if (precision == CK_BF16)
            pack_pairs(k, b + j * ldb, panel);
        else
            pack_bytes(k, b + j * ldb, panel, scale + j, sum + j);
    }
}
