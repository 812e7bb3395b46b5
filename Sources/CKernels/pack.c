#include "kernels.h"

#define REAL float
#define ID(name) name##_f32
#include "template_pack.h"
#undef REAL
#undef ID

#define REAL double
#define ID(name) name##_f64
#include "template_pack.h"

// Four rows of four elements.
static inline void turn_four(const float *from, size_t ldf, float *to, size_t ldt) {
    typedef four_f32 four;
    typedef loose_four_f32 loose_four;
    const four r0 = *(const loose_four *)from, r1 = *(const loose_four *)(from + ldf);
    const four r2 = *(const loose_four *)(from + 2 * ldf), r3 = *(const loose_four *)(from + 3 * ldf);
    const four low01 = __builtin_shufflevector(r0, r1, 0, 4, 1, 5), high01 = __builtin_shufflevector(r0, r1, 2, 6, 3, 7);
    const four low23 = __builtin_shufflevector(r2, r3, 0, 4, 1, 5), high23 = __builtin_shufflevector(r2, r3, 2, 6, 3, 7);
    *(loose_four *)to = __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
    *(loose_four *)(to + ldt) = __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
    *(loose_four *)(to + 2 * ldt) = __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
    *(loose_four *)(to + 3 * ldt) = __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
}

// A line of the result is 16 elements: it is written whole before the next, since lines whose distance is a power of two push each other
// out of the first-level cache.
void ck_transpose_f32(size_t rows, size_t columns, const float *from, size_t ldf, float *to, size_t ldt) {
    const size_t line = CK_LINE / sizeof(float), whole_rows = rows / 4 * 4, whole_columns = columns / 4 * 4;
    for (size_t first = 0; first < whole_rows; first += line) {
        const size_t end = first + line < whole_rows ? first + line : whole_rows;
        for (size_t j = 0; j < whole_columns; j += 4)
            for (size_t i = first; i < end; i += 4) turn_four(from + i * ldf + j, ldf, to + j * ldt + i, ldt);
        for (size_t j = whole_columns; j < columns; j++)
            for (size_t i = first; i < end; i++) to[j * ldt + i] = from[i * ldf + j];
    }
    for (size_t i = whole_rows; i < rows; i++)
        for (size_t j = 0; j < columns; j++) to[j * ldt + i] = from[i * ldf + j];
}

// Packed keys and values of one head, the mask, and a block of score rows.
size_t ck_attention_scratch_f32(size_t length, size_t head_size) {
    const size_t keys = ck_packed_count_f32(length, head_size), values = ck_packed_count_f32(head_size, length);
    return keys + values + (1 + CK_ATTENTION_ROWS) * ck_whole_panels(length);
}

// Queries of one head, rounded, beyond what float attention needs; keys and values take no more in pairs.
size_t ck_attention_scratch_bf16(size_t length, size_t head_size) {
    return length * ((head_size + 1) / 2) + ck_attention_scratch_f32(length, head_size);
}

// Two packed matrices of one head, the mask, scores and their gradients, and one of them turned.
size_t ck_attention_back_scratch_f32(size_t length, size_t head_size) {
    const size_t wide = ck_packed_count_f32(length, head_size), narrow = ck_packed_count_f32(head_size, length);
    return wide + narrow + (1 + 2 * length) * ck_whole_panels(length) + length * length;
}
