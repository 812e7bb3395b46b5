// The way back through row functions and attention, for one instruction set. Included by variant.h after the functions themselves.

#define LANES (VECTOR_BYTES / sizeof(float))

// x Phi(x) has the slope Phi(x) + x phi(x).
INLINE floats gelu_slope_of(floats x) {
    const floats below = FMA((floats)0.5f, erf_of(0.70710678f * x), (floats)0.5f);
    return FMA(x * 0.39894228f, exp_of(-0.5f * x * x), below);
}

// With t = tanh(c (x + 0.044715 x^3)): (1 + t) / 2 + x / 2 (1 - t^2) c (1 + 3 * 0.044715 x^2).
INLINE floats gelu_tanh_slope_of(floats x) {
    const floats square = x * x;
    const floats t = tanh_of(0.79788456f * FMA(0.044715f * square, x, x));
    const floats inner = 0.79788456f * FMA((floats)0.134145f, square, (floats)1.0f);
    return FMA(0.5f * x * (1.0f - t * t), inner, FMA((floats)0.5f, t, (floats)0.5f));
}

INLINE floats relu_slope_of(floats x) { return x > 0.0f ? (floats)1.0f : (floats)0.0f; }

INLINE floats tanh_slope_of(floats x) {
    const floats t = tanh_of(x);
    return 1.0f - t * t;
}

#define SLOPES(F)                                                                                                    \
    do {                                                                                                             \
        size_t i = 0;                                                                                                \
        for (; i + LANES <= n; i += LANES) store(out + i, load(g + i) * F(load(x + i)));                             \
        if (i < n) store_part(out + i, load_part(g + i, n - i, 0) * F(load_part(x + i, n - i, 0)), n - i);           \
    } while (0)

static void activation_back_f32(ck_activation activation, size_t n, const float *x, const float *g, float *out) {
    switch (activation) {
    case CK_IDENTITY:
        for (size_t i = 0; i < n; i++) out[i] = g[i];
        break;
    case CK_GELU: SLOPES(gelu_slope_of); break;
    case CK_GELU_TANH: SLOPES(gelu_tanh_slope_of); break;
    case CK_RELU: SLOPES(relu_slope_of); break;
    case CK_TANH: SLOPES(tanh_slope_of); break;
    }
}

// A rest is worked on as a full vector whose other lanes hold 0 in gradient and weight; only the differences to the mean need masking.
static void layernorm_back_f32(size_t rows, size_t n, const float *x, const float *g, const float *gamma, float eps, float *out,
                               float *gamma_gradient, float *beta_gradient) {
    if (n == 0) return;
    const size_t whole = n / LANES * LANES, rest = n - whole;
    floats mask = (floats)0;
    for (size_t i = 0; i < rest; i++) mask[i] = 1;
    for (size_t row = 0; row < rows; row++) {
        const float *v = x + row * n, *slope = g + row * n;
        float *target = out + row * n;
        floats sum = (floats)0;
        for (size_t i = 0; i < whole; i += LANES) sum += load(v + i);
        const floats last = rest ? load_part(v + whole, rest, 0) : (floats)0;
        const floats mean = (floats)(lane_sum(sum + last) / (float)n);
        const floats last_difference = (last - mean) * mask;
        floats squares = last_difference * last_difference;
        for (size_t i = 0; i < whole; i += LANES) {
            const floats d = load(v + i) - mean;
            squares = FMA(d, d, squares);
        }
        const floats factor = 1.0f / __builtin_elementwise_sqrt((floats)(lane_sum(squares) / (float)n + eps));
        floats total = (floats)0, along = (floats)0;
        for (size_t i = 0; i < whole; i += LANES) {
            const floats u = load(slope + i) * load(gamma + i);
            total += u;
            along = FMA(u, (load(v + i) - mean) * factor, along);
        }
        if (rest) {
            const floats u = load_part(slope + whole, rest, 0) * load_part(gamma + whole, rest, 0);
            total += u;
            along = FMA(u, last_difference * factor, along);
        }
        const floats mean_total = (floats)(lane_sum(total) / (float)n), mean_along = (floats)(lane_sum(along) / (float)n);
        for (size_t i = 0; i < whole; i += LANES) {
            const floats normal = (load(v + i) - mean) * factor, s = load(slope + i);
            store(target + i, (s * load(gamma + i) - mean_total - normal * mean_along) * factor);
            store(gamma_gradient + i, FMA(s, normal, load(gamma_gradient + i)));
            store(beta_gradient + i, load(beta_gradient + i) + s);
        }
        if (rest) {
            const floats normal = last_difference * factor, s = load_part(slope + whole, rest, 0);
            const floats u = s * load_part(gamma + whole, rest, 0);
            store_part(target + whole, (u - mean_total - normal * mean_along) * factor, rest);
            store_part(gamma_gradient + whole, FMA(s, normal, load_part(gamma_gradient + whole, rest, 0)), rest);
            store_part(beta_gradient + whole, load_part(beta_gradient + whole, rest, 0) + s, rest);
        }
    }
}

// One head at a time, its scores in full and computed again rather than kept. With p the softmax and d the gradient by it, that by the scaled
// products is scale p (d - sum(p d)).
static void attention_back_f32(size_t length, size_t heads, size_t head_size, float scale, const float *q, const float *k, const float *v,
                               size_t ld, const float *g, size_t ldg, float *dq, float *dk, float *dv, float *scratch) {
    const size_t padded = ck_whole_panels(length);
    float *wide = scratch, *narrow = wide + ck_packed_count_f32(length, head_size);
    float *mask = narrow + ck_packed_count_f32(head_size, length);
    float *p = mask + padded, *d = p + length * padded, *turned = d + length * padded;
    for (size_t j = 0; j < padded; j++) mask[j] = j < length ? 0 : -__builtin_inff();
    for (size_t h = 0; h < heads; h++) {
        const size_t column = h * head_size;
        ck_pack_f32(length, head_size, k + column, ld, 1, wide);
        gemm_f32(length, padded, head_size, q + column, ld, wide, mask, CK_IDENTITY, 0, p, padded);
        softmax_rows_f32(length, padded, scale, p, padded);
        ck_pack_f32(length, head_size, v + column, ld, 1, wide);
        gemm_f32(length, padded, head_size, g + column, ldg, wide, NULL, CK_IDENTITY, 0, d, padded);
        ck_transpose_f32(length, length, p, padded, turned, length);
        ck_pack_f32(head_size, length, g + column, ldg, 0, narrow);
        gemm_f32(length, head_size, length, turned, length, narrow, NULL, CK_IDENTITY, 0, dv + column, ld);
        for (size_t row = 0; row < length; row++) {
            float *pr = p + row * padded, *dr = d + row * padded;
            floats sum = (floats)0;
            for (size_t j = 0; j < padded; j += LANES) sum = FMA(load(pr + j), load(dr + j), sum);
            const floats along = (floats)lane_sum(sum);
            for (size_t j = 0; j < padded; j += LANES) store(dr + j, scale * load(pr + j) * (load(dr + j) - along));
        }
        ck_pack_f32(head_size, length, k + column, ld, 0, narrow);
        gemm_f32(length, head_size, length, d, padded, narrow, NULL, CK_IDENTITY, 0, dq + column, ld);
        ck_transpose_f32(length, length, d, padded, turned, length);
        ck_pack_f32(head_size, length, q + column, ld, 0, narrow);
        gemm_f32(length, head_size, length, turned, length, narrow, NULL, CK_IDENTITY, 0, dk + column, ld);
    }
}

#undef LANES
#undef SLOPES
