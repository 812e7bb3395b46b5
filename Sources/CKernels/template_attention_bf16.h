// Attention of one sequence as in template_attention.h, for one instruction set, with the operands of both products in bfloat16. Scores and their softmax
// are float. Included by template_low.h, whose product it uses.

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

// A row of n scores, whole vectors, becomes softmax(scale * row) in bfloat16, in the first half of where it was.
static void softmax_bf16(size_t n, float scale, float *row) {
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
    const floats factor = (floats)(1.0f / lane_sum(total));
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
