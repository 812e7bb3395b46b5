#include "cunicode.h"

int cunicode_width(uint32_t c) {
    if (c < 0x20 || (c >= 0x7f && c < 0xa0)) return 0;
    if (c < 0x300) return 1;
    if (c < 0x370) return 0;
    return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) ||
           (c >= 0xf900 && c <= 0xfaff) || (c >= 0xff00 && c <= 0xff60) || (c >= 0x1f300 && c <= 0x1faff) ? 2 : 1;
}
