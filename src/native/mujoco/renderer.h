// State of one off-screen renderer.
#ifndef PLANET_RENDERER_H
#define PLANET_RENDERER_H

#include "context.h"
#include "guard.h"

#include <mujoco/mujoco.h>

typedef struct {
  pmj_context* context;
  mjrContext render_context;
  mjvScene scene;
  mjvOption option;
  int width;
  int height;
  unsigned char* bottom_up;  // frame as OpenGL returns it, bottom row first
} pmj_renderer;

#endif
