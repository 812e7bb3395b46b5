#include "kernels.h"

#define REAL float
#define ID(name) name##_f32
#include "template_pack.h"
#undef REAL
#undef ID

#define REAL double
#define ID(name) name##_f64
#include "template_pack.h"

// Packed keys and values of one head, the mask, and a block of score rows.
size_t ck_attention_scratch_f32(size_t length, size_t head_size) {
    const size_t width = CK_LINE / sizeof(float);
    const size_t keys = ck_packed_count_f32(length, head_size), values = ck_packed_count_f32(head_size, length);
    const size_t padded = (length + width - 1) / width * width;
    return keys + values + padded + CK_ATTENTION_ROWS * padded;
}
