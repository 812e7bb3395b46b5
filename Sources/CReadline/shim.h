#include <stdio.h>
#include <stdio_ext.h>
#include <readline/readline.h>
#include <readline/history.h>
