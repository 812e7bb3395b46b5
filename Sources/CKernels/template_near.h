// Activations of products whose operands have less precision than float, for one instruction set. Included after template_floats.h and what has
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
