// Describes an array of mjModel or mjData: pointer, element type, rows and columns.
#ifndef PLANET_VIEW_H
#define PLANET_VIEW_H

#include <stdint.h>

typedef struct {
  void* data;
  int32_t type;
  int32_t rows;
  int32_t columns;
} pmj_view;

enum { PMJ_DOUBLE = 0, PMJ_FLOAT = 1, PMJ_INT = 2, PMJ_BYTE = 3, PMJ_CHAR = 4, PMJ_OTHER = -1 };

// Element type of a pointer expression.
#define PMJ_TYPE(pointer)         \
  _Generic((pointer),             \
      double*: PMJ_DOUBLE,        \
      float*: PMJ_FLOAT,          \
      int*: PMJ_INT,              \
      unsigned char*: PMJ_BYTE,   \
      char*: PMJ_CHAR,            \
      default: PMJ_OTHER)

#define PMJ_TRY(label, pointer, nrow, ncolumn)     \
  if (!strcmp(name, label)) {                      \
    view->data = (void*)(pointer);                 \
    view->type = PMJ_TYPE(pointer);                \
    view->rows = (int32_t)(nrow);                  \
    view->columns = (int32_t)(ncolumn);            \
    return 0;                                      \
  }

#endif
