// Functions of rows of floats for one instruction set. Included by variant.h after VECTOR_BYTES and FMA are set.
// All treat n elements as whole vectors and a rest; the rest is worked on as a full vector in registers whose other lanes hold a harmless value,
// so that an element's value does not depend on where in a row it lies.

#define LANES (VECTOR_BYTES / sizeof(float))

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

INLINE float lane_sum(floats value) {
    float sum = 0;
    for (size_t i = 0; i < LANES; i++) sum += value[i];
    return sum;
}
INLINE float lane_max(floats value) {
    float best = value[0];
    for (size_t i = 1; i < LANES; i++) best = value[i] > best ? value[i] : best;
    return best;
}

// exp(x) = 2^n exp(r), n = round(x / ln 2), |r| <= ln 2 / 2; ln 2 in two parts (Cody and Waite), exp(r) by its Taylor polynomial of degree 7.
// Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits, which become the exponent with no float-to-integer conversion, whose
// result is undefined for NaN. The scaling is by two factors, so that 2^128 needs no special case.
//
// Below -87 the result is 0: the smaller numbers there are subnormal soon, which makes some processors a hundred times slower.
INLINE floats exp_of(floats x) {
    const floats given = x;
    x = x < -87.0f ? (floats)-87.0f : x;
    x = x > 89.0f ? (floats)89.0f : x;
    const floats shifted = FMA(x, (floats)1.44269504f, (floats)12582912.0f);
    const floats n = shifted - 12582912.0f;
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
    // The bits of `shifted` are 0x4b400000 + n.
    const words bits = __builtin_bit_cast(words, shifted) - 0x4b400000u;
    const words half = ((bits + 256u) >> 1) - 128u;
    const words rest = bits - half;
    y *= __builtin_bit_cast(floats, (half + 127u) << 23);
    y *= __builtin_bit_cast(floats, (rest + 127u) << 23);
    return given < -87.0f ? (floats)0.0f : y;
}

// erf(x) = x P(x^2) / Q(x^2) on [-4, 4], beyond which it is 1 to float precision. Coefficients: scripts/goldens/erf_coefficients.py (minimax of
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

// `floats f(floats)` over n elements.
#define MAP(F)                                                                       \
    do {                                                                             \
        size_t i = 0;                                                                \
        for (; i + LANES <= n; i += LANES) store(x + i, F(load(x + i)));             \
        if (i < n) store_part(x + i, F(load_part(x + i, n - i, 0)), n - i);          \
    } while (0)

static void exp_f32(size_t n, float *x) { MAP(exp_of); }
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

static float dot_f32(size_t n, const float *a, const float *b) {
    floats sum[4] = {(floats)0, (floats)0, (floats)0, (floats)0};
    size_t i = 0;
    for (; i + 4 * LANES <= n; i += 4 * LANES)
        for (size_t j = 0; j < 4; j++) sum[j] = FMA(load(a + i + j * LANES), load(b + i + j * LANES), sum[j]);
    for (; i + LANES <= n; i += LANES) sum[0] = FMA(load(a + i), load(b + i), sum[0]);
    if (i < n) sum[1] = FMA(load_part(a + i, n - i, 0), load_part(b + i, n - i, 0), sum[1]);
    return lane_sum((sum[0] + sum[1]) + (sum[2] + sum[3]));
}

static void softmax_rows_f32(size_t rows, size_t n, float scale, float *x, size_t ldx) {
    if (n == 0) return;
    const float lowest = -__builtin_inff();
    const size_t whole = n / LANES * LANES;
    for (size_t row = 0; row < rows; row++) {
        float *r = x + row * ldx;
        floats best = (floats)lowest;
        for (size_t i = 0; i < whole; i += LANES) {
            const floats v = load(r + i) * scale;
            best = v > best ? v : best;
        }
        if (whole < n) {
            // Filling with the row's first element keeps an infinite filler away from a zero or negative scale.
            const floats v = load_part(r + whole, n - whole, r[0]) * scale;
            best = v > best ? v : best;
        }
        const floats top = (floats)lane_max(best);
        floats total = (floats)0;
        for (size_t i = 0; i < whole; i += LANES) {
            const floats v = exp_of(load(r + i) * scale - top);
            store(r + i, v);
            total += v;
        }
        if (whole < n) {
            const floats v = exp_of(load_part(r + whole, n - whole, 0) * scale - top);
            store_part(r + whole, v, n - whole);
            total += load_part(r + whole, n - whole, 0);
        }
        const floats factor = (floats)(1.0f / lane_sum(total));
        for (size_t i = 0; i < whole; i += LANES) store(r + i, load(r + i) * factor);
        if (whole < n) store_part(r + whole, load_part(r + whole, n - whole, 0) * factor, n - whole);
    }
}

// One row of `x + residual`.
INLINE floats added(const float *x, const float *residual, size_t i) { return residual ? load(x + i) + load(residual + i) : load(x + i); }

static void add_layernorm_f32(size_t rows, size_t n, const float *x, size_t ldx, const float *residual, size_t ldr, const float *gamma,
                              const float *beta, float eps, float *out, size_t ldo) {
    if (n == 0) return;
    const size_t whole = n / LANES * LANES, rest = n - whole;
    for (size_t row = 0; row < rows; row++) {
        const float *source = x + row * ldx, *other = residual ? residual + row * ldr : NULL;
        float *target = out + row * ldo;
        floats sum = (floats)0;
        for (size_t i = 0; i < whole; i += LANES) {
            const floats v = added(source, other, i);
            store(target + i, v);
            sum += v;
        }
        floats last = (floats)0;
        if (rest) {
            last = load_part(source + whole, rest, 0);
            if (other) last += load_part(other + whole, rest, 0);
            sum += last;
        }
        const floats mean = (floats)(lane_sum(sum) / (float)n);
        // The variance from differences to the mean: sums of squares would lose the digits that a large mean shares.
        floats squares = (floats)0;
        for (size_t i = 0; i < whole; i += LANES) {
            const floats d = load(target + i) - mean;
            squares = FMA(d, d, squares);
        }
        if (rest) {
            floats d = (floats)0;
            const floats all = last - mean;
            __builtin_memcpy(&d, &all, rest * sizeof(float));
            squares = FMA(d, d, squares);
        }
        const floats factor = 1.0f / __builtin_elementwise_sqrt((floats)(lane_sum(squares) / (float)n + eps));
        for (size_t i = 0; i < whole; i += LANES)
            store(target + i, FMA((load(target + i) - mean) * factor, load(gamma + i), load(beta + i)));
        if (rest) {
            const floats v = FMA((last - mean) * factor, load_part(gamma + whole, rest, 0), load_part(beta + whole, rest, 0));
            store_part(target + whole, v, rest);
        }
    }
}

INLINE floats adam_of(const ck_adam *step, floats held, floats gradient, floats *m, floats *s) {
    held *= step->shrink;
    const floats slope = FMA((floats)step->decay, held, gradient);
    *m = FMA((floats)(1.0f - step->beta1), slope - *m, *m);
    *s = FMA((floats)(1.0f - step->beta2) * slope, slope, (floats)step->beta2 * *s);
    return held - step->size * *m / (__builtin_elementwise_sqrt(*s) / step->root + step->eps);
}

static void adam_f32(size_t n, const ck_adam *step, float *p, const float *gradient, float *mean, float *square) {
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        floats m = load(mean + i), s = load(square + i);
        store(p + i, adam_of(step, load(p + i), load(gradient + i), &m, &s));
        store(mean + i, m);
        store(square + i, s);
    }
    if (i < n) {
        const size_t rest = n - i;
        floats m = load_part(mean + i, rest, 0), s = load_part(square + i, rest, 1);
        store_part(p + i, adam_of(step, load_part(p + i, rest, 0), load_part(gradient + i, rest, 0), &m, &s), rest);
        store_part(mean + i, m, rest);
        store_part(square + i, s, rest);
    }
}

#undef LANES
#undef MAP
