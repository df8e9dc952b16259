// What one renderer holds.
#ifndef PLANET_RENDERER_H
#define PLANET_RENDERER_H

#include "context.h"
#include "guard.h"

#include <mujoco/mujoco.h>

typedef struct {
  pmj_context* context;
  mjrContext drawing;
  mjvScene scene;
  mjvOption option;
  int width;
  int height;
  unsigned char* bottom_up;
} pmj_renderer;

#endif
