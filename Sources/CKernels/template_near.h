// Functions near enough where a product's operands have less precision than float, for one instruction set. Included after template_floats.h and what has
// activate_rows_f32.

// GELU within 1.6e-4, a fraction of what rounding to bfloat16 or bytes leaves, in half the time: max(x, 0) - a Phi(-a), a = |x|, the last by a polynomial up to
// 3.9, beyond which it is nearly 0. Coefficients: scripts/goldens/kernel_coefficients.py.
INLINE floats near_gelu_of(floats x) {
    floats a = x < 0.0f ? -x : x;
    a = a > 3.9f ? (floats)3.9f : a;
    floats y = (floats)-0.0006865528994239867f;
    y = FMA(y, a, (floats)0.01049045380204916f);
    y = FMA(y, a, (floats)-0.06046692654490471f);
    y = FMA(y, a, (floats)0.1472746878862381f);
    y = FMA(y, a, (floats)-0.05218292027711868f);
    y = FMA(y, a, (floats)-0.38519561290740967f);
    y = FMA(y, a, (floats)0.499329537153244f);
    return FMA(-a, y, relu_of(x));
}

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
