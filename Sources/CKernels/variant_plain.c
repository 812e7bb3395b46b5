// Vectors of 16 bytes, which every compiler target has or replaces by scalars; no fused multiply-add is assumed.
#define VECTOR_BYTES 16
#define SHORT_TILES 1
#define FMA(a, b, c) ((a) * (b) + (c))
#define TABLE ck_table_plain
#define BF16_TABLE ck_bf16_plain
#define S8_TABLE ck_s8_plain
#include "variant.h"
