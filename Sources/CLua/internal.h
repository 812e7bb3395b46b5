// Shared by the files of the shim, not seen by Swift.
#ifndef CLUA_INTERNAL_H
#define CLUA_INTERNAL_H

#include "clua.h"

#define CLUA_MAGIC 0x636f686f7274ull

/// The block of a full userdata: one counted reference to a Swift object.
typedef struct {
    uint64_t magic;
    void *object;
} clua_box;

/// Metatables of our classes hold true under this key.
extern const char clua_class_key;

clua_host *clua_host_of(lua_State *L);
int clua_trampoline(lua_State *L);

/// Pushes everything in the plan; returns how many values. May raise: no Swift frame may be live.
int clua_perform(lua_State *L, clua_plan *plan);

#endif
