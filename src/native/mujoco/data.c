#include "guard.h"
#include "view.h"

#include <mujoco/mjxmacro.h>
#include <mujoco/mujoco.h>
#include <string.h>

// A warning means that the state is no longer valid (MuJoCo silently resets a state with bad numbers), so it is reported as an error.
static int check_warnings(const mjData* d) {
  for (int i = 0; i < mjNWARNING; i++) {
    if (d->warning[i].number) {
      const char* text = pmj_last_warning_text();
      return pmj_fail("MuJoCo warning: %s", text[0] ? text : mju_warningText(i, d->warning[i].lastinfo));
    }
  }

  return 0;
}

PMJ_API int pmj_make_data(const mjModel* m, mjData** data) {
  *data = NULL;
  PMJ_GUARDED_BEGIN
  *data = mj_makeData(m);
  PMJ_GUARDED_END
  return *data ? 0 : pmj_fail("out of memory for the simulation data");
}

PMJ_API void pmj_free_data(mjData* data) {
  mj_deleteData(data);
}

// Finds an array of the data by its name in mjData. "time" and "energy" are arrays of one and two numbers.
PMJ_API int pmj_data_view(const mjModel* m, mjData* d, const char* name, pmj_view* view) {
#undef MJ_M
#define MJ_M(n) m->n
#undef MJ_D
#define MJ_D(n) d->n
#define X(type, field, rows, columns) PMJ_TRY(#field, d->field, m->rows, columns)
  MJDATA_POINTERS
#undef X
  PMJ_TRY("time", &d->time, 1, 1)
  PMJ_TRY("energy", &d->energy[0], 1, 2)
  return pmj_fail("simulation data has no array named '%s'", name);
}

PMJ_API int pmj_contact_count(const mjData* d) {
  return d->ncon;
}

PMJ_API int pmj_reset(const mjModel* m, mjData* d) {
  PMJ_GUARDED_BEGIN
  mj_resetData(m, d);
  PMJ_GUARDED_END
  return 0;
}

PMJ_API int pmj_forward(const mjModel* m, mjData* d) {
  pmj_clear_warning();
  PMJ_GUARDED_BEGIN
  mj_forward(m, d);
  PMJ_GUARDED_END
  return check_warnings(d);
}

static int run_forward(const mjModel* m, mjData* d) {
  PMJ_GUARDED_BEGIN
  mj_forward(m, d);
  PMJ_GUARDED_END
  return check_warnings(d);
}

// mj_forward with actuation disabled for this call, as in a task's initialisation.
PMJ_API int pmj_forward_without_actuation(mjModel* m, mjData* d) {
  pmj_clear_warning();
  int flags = m->opt.disableflags;
  m->opt.disableflags = flags | mjDSBL_ACTUATION;
  int status = run_forward(m, d);
  m->opt.disableflags = flags;
  return status;
}

PMJ_API int pmj_step(const mjModel* m, mjData* d) {
  pmj_clear_warning();
  PMJ_GUARDED_BEGIN
  mj_step(m, d);
  PMJ_GUARDED_END
  return check_warnings(d);
}

PMJ_API int pmj_step1(const mjModel* m, mjData* d) {
  pmj_clear_warning();
  PMJ_GUARDED_BEGIN
  mj_step1(m, d);
  PMJ_GUARDED_END
  return check_warnings(d);
}

PMJ_API int pmj_step2(const mjModel* m, mjData* d) {
  pmj_clear_warning();
  PMJ_GUARDED_BEGIN
  mj_step2(m, d);
  PMJ_GUARDED_END
  return check_warnings(d);
}

// One control step of n physics steps. The final mj_step1 updates positions, kinematics and sensors to the new state. With an
// Euler integrator, the first mj_step2 completes the mj_step1 at the end of the previous control step. A Runge-Kutta step
// evaluates the state itself and cannot be split.
PMJ_API int pmj_control_step(const mjModel* m, mjData* d, int n) {
  pmj_clear_warning();
  PMJ_GUARDED_BEGIN
  int whole = n;
  if (m->opt.integrator != mjINT_RK4) {
    mj_step2(m, d);
    whole--;
  }

  for (int i = 0; i < whole; i++) {
    mj_step(m, d);
  }

  mj_step1(m, d);
  PMJ_GUARDED_END
  return check_warnings(d);
}

PMJ_API int pmj_copy_data(const mjModel* m, mjData* destination, const mjData* source) {
  PMJ_GUARDED_BEGIN
  mj_copyData(destination, m, source);
  PMJ_GUARDED_END
  return 0;
}
