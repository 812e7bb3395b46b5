// Vectors of floats and functions of them for one instruction set. Included after VECTOR_BYTES and FMA are set.
// All treat n elements as whole vectors and a rest; the rest is worked on as a full vector in registers whose other lanes hold a harmless value,
// so that an element's value does not depend on where in a row it lies.

#define FLOATS (VECTOR_BYTES / sizeof(float))

typedef float floats __attribute__((ext_vector_type(VECTOR_BYTES / sizeof(float))));
typedef unsigned words __attribute__((ext_vector_type(VECTOR_BYTES / sizeof(float))));
typedef floats loose_floats __attribute__((aligned(4), may_alias));

#define INLINE static inline __attribute__((always_inline))

INLINE floats load(const float *from) { return *(const loose_floats *)from; }
INLINE void store(float *to, floats value) { *(loose_floats *)to = value; }

INLINE floats load_part(const float *from, size_t count, float rest) {
    floats value = (floats)rest;
    __builtin_memcpy(&value, from, count * sizeof(float));
    return value;
}
INLINE void store_part(float *to, floats value, size_t count) { __builtin_memcpy(to, &value, count * sizeof(float)); }

// Over the lanes, by halves: one after the other would take longer than the rest of a short row.
#if VECTOR_BYTES == 64
#define OVER_LANES(OF)                                                                      \
    const float __attribute__((ext_vector_type(8))) eight = OF(value.lo, value.hi);         \
    const float __attribute__((ext_vector_type(4))) four = OF(eight.lo, eight.hi)
#elif VECTOR_BYTES == 32
#define OVER_LANES(OF) const float __attribute__((ext_vector_type(4))) four = OF(value.lo, value.hi)
#else
#define OVER_LANES(OF) const floats four = value
#endif
#define SUM_OF(a, b) ((a) + (b))
// The second where one is not a number: the instructions for it do so.
#define MAX_OF(a, b) ((a) > (b) ? (a) : (b))

INLINE float lane_sum(floats value) {
    OVER_LANES(SUM_OF);
    return (four[0] + four[2]) + (four[1] + four[3]);
}
INLINE float lane_max(floats value) {
    OVER_LANES(MAX_OF);
    return MAX_OF(MAX_OF(four[0], four[2]), MAX_OF(four[1], four[3]));
}

// 1.5 * 2^23: what is added to it is rounded to the nearest integer, ties to even, and is that integer in the low bits, beyond the bits of this number.
#define ROUNDING 12582912.0f
#define ROUNDED_ZERO 0x4b400000

// exp(x) = 2^n exp(r), n = round(x / ln 2), |r| <= ln 2 / 2; ln 2 in two parts (Cody and Waite), exp(r) by its Taylor polynomial of degree 7.
// Where no instruction scales, n becomes an exponent from the low bits of its sum with ROUNDING, with no float-to-integer conversion, whose result is
// undefined for NaN; the scaling is then by two factors, so that 2^128 needs no special case.
//
// Below -87 the result is 0: the smaller numbers there are subnormal soon, which makes some processors a hundred times slower.
INLINE floats exp_of(floats x) {
    const floats given = x;
    x = x < -87.0f ? (floats)-87.0f : x;
    x = x > 89.0f ? (floats)89.0f : x;
    const floats shifted = FMA(x, (floats)1.44269504f, (floats)ROUNDING);
    const floats n = shifted - ROUNDING;
    floats r = FMA(n, (floats)-0.693359375f, x);
    r = FMA(n, (floats)2.12194440e-4f, r);
    floats y = (floats)(1.0f / 5040);
    y = FMA(y, r, (floats)(1.0f / 720));
    y = FMA(y, r, (floats)(1.0f / 120));
    y = FMA(y, r, (floats)(1.0f / 24));
    y = FMA(y, r, (floats)(1.0f / 6));
    y = FMA(y, r, (floats)0.5f);
    y = FMA(y, r, (floats)1.0f);
    y = FMA(y, r, (floats)1.0f);
#if VECTOR_BYTES == 64
    y = (floats)_mm512_scalef_ps((__m512)y, (__m512)n);
#else
    const words bits = __builtin_bit_cast(words, shifted) - ROUNDED_ZERO;
    const words half = ((bits + 256u) >> 1) - 128u;
    const words rest = bits - half;
    y *= __builtin_bit_cast(floats, (half + 127u) << 23);
    y *= __builtin_bit_cast(floats, (rest + 127u) << 23);
#endif
    return given < -87.0f ? (floats)0.0f : y;
}

// erf(x) = x P(x^2) / Q(x^2) on [-4, 4], beyond which it is 1 to float precision. Coefficients: scripts/goldens/kernel_coefficients.py (minimax of
// the relative error, 2.5e-8 in exact arithmetic).
INLINE floats erf_of(floats x) {
    x = x < -4.0f ? (floats)-4.0f : x;
    x = x > 4.0f ? (floats)4.0f : x;
    const floats u = x * x;
    floats p = (floats)1.986807774301269e-06f;
    p = FMA(p, u, (floats)0.00028456130530685186f);
    p = FMA(p, u, (floats)0.003883163910359144f);
    p = FMA(p, u, (floats)0.05310119315981865f);
    p = FMA(p, u, (floats)0.19354093074798584f);
    p = FMA(p, u, (floats)1.1283791065216064f);
    floats q = (floats)3.742019544006325e-05f;
    q = FMA(q, u, (floats)0.0011855263728648424f);
    q = FMA(q, u, (floats)0.015206892974674702f);
    q = FMA(q, u, (floats)0.11534828692674637f);
    q = FMA(q, u, (floats)0.5048537254333496f);
    q = FMA(q, u, (floats)1.0f);
    return x * p / q;
}

// tanh(x) = 1 - 2 / (exp(2x) + 1): exact to float precision in absolute terms.
INLINE floats tanh_of(floats x) { return 1.0f - 2.0f / (exp_of(x + x) + 1.0f); }

INLINE floats gelu_of(floats x) {
    const floats half = 0.5f * x;
    return FMA(half, erf_of(0.70710678f * x), half);
}

INLINE floats gelu_tanh_of(floats x) {
    const floats half = 0.5f * x;
    return FMA(half, tanh_of(0.79788456f * FMA(0.044715f * x * x, x, x)), half);
}

INLINE floats relu_of(floats x) { return x < 0.0f ? (floats)0.0f : x; }

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

// `floats f(floats)` over n elements.
#define MAP(F)                                                                       \
    do {                                                                             \
        size_t i = 0;                                                                \
        for (; i + FLOATS <= n; i += FLOATS) store(x + i, F(load(x + i)));             \
        if (i < n) store_part(x + i, F(load_part(x + i, n - i, 0)), n - i);          \
    } while (0)

static void gelu_f32(size_t n, float *x) { MAP(gelu_of); }
static void gelu_tanh_f32(size_t n, float *x) { MAP(gelu_tanh_of); }
static void relu_f32(size_t n, float *x) { MAP(relu_of); }
static void tanh_f32(size_t n, float *x) { MAP(tanh_of); }

static void activate_f32(ck_activation activation, size_t n, float *x) {
    switch (activation) {
    case CK_IDENTITY: break;
    case CK_GELU: gelu_f32(n, x); break;
    case CK_GELU_TANH: gelu_tanh_f32(n, x); break;
    case CK_RELU: relu_f32(n, x); break;
    case CK_TANH: tanh_f32(n, x); break;
    }
}

static void activate_rows_f32(ck_activation activation, size_t rows, size_t n, float *x, size_t ldx) {
    if (activation == CK_IDENTITY) return;
    for (size_t r = 0; r < rows; r++) activate_f32(activation, n, x + r * ldx);
}
