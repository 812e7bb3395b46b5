#if defined(__aarch64__)
#define VECTOR_BYTES 16
#define SHORT_TILES 0
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#define TABLE ck_table_neon
#define LOW_TABLE ck_low_neon
#include "variant.h"
#endif
