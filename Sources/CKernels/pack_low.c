// Packing for products of less precision. Panels are those of the float products, with a group of two bfloat16 or four bytes, consecutive in
// the inner dimension, where a float stands there. For bytes, each column's scale and sum follow the panels.
#include "kernels.h"

#define WIDTH (CK_LINE / sizeof(float))

static size_t group_size(ck_precision precision) { return precision == CK_BF16 ? 2 : 4; }

static size_t groups_of(ck_precision precision, size_t k) { return (k + group_size(precision) - 1) / group_size(precision); }

static size_t padded(size_t n) { return (n + WIDTH - 1) / WIDTH * WIDTH; }

size_t ck_packed_bytes_low(ck_precision precision, size_t n, size_t k) {
    const size_t panels = padded(n) * groups_of(precision, k) * sizeof(unsigned);
    return precision == CK_BF16 ? panels : panels + padded(n) * (sizeof(float) + sizeof(int));
}

size_t ck_left_bytes_low(ck_precision precision, size_t m, size_t k) {
    return m * (groups_of(precision, k) * sizeof(unsigned) + (precision == CK_BF16 ? 0 : sizeof(float) + sizeof(int)));
}

static unsigned rounded_bf16(float value) {
    const unsigned bits = __builtin_bit_cast(unsigned, value);
    return (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
}

static void pack_pairs(size_t k, const float *column, unsigned *panel) {
    for (size_t p = 0; p < k; p += 2)
        panel[p / 2 * WIDTH] = rounded_bf16(column[p]) | (p + 1 < k ? rounded_bf16(column[p + 1]) << 16 : 0);
}

static void pack_bytes(size_t k, const float *column, unsigned *panel, float *scale, int *sum) {
    float largest = 0;
    for (size_t p = 0; p < k; p++) largest = __builtin_fmaxf(largest, __builtin_fabsf(column[p]));
    // The factor of a column of tiny values could overflow; such a column is nothing beside any other.
    const float factor = largest > 1e-30f ? 127.0f / largest : 0;
    *scale = largest / 127.0f;
    *sum = 0;
    for (size_t p = 0; p < k; p += 4) {
        unsigned group = 0;
        for (size_t q = 0; q < 4 && p + q < k; q++) {
            const int value = (int)__builtin_rintf(column[p + q] * factor);
            *sum += value;
            group |= ((unsigned)value & 0xffu) << (8 * q);
        }
        panel[p / 4 * WIDTH] = group;
    }
}

void ck_pack_low(ck_precision precision, size_t n, size_t k, const float *b, size_t ldb, void *packed) {
    const size_t groups = groups_of(precision, k);
    __builtin_memset(packed, 0, ck_packed_bytes_low(precision, n, k));
    unsigned *panels = packed;
    float *scale = (float *)(panels + padded(n) * groups);
    int *sum = (int *)(scale + padded(n));
    for (size_t j = 0; j < n; j++) {
        unsigned *panel = panels + j / WIDTH * WIDTH * groups + j % WIDTH;
        if (precision == CK_BF16)
            pack_pairs(k, b + j * ldb, panel);
        else
            pack_bytes(k, b + j * ldb, panel, scale + j, sum + j);
    }
}
