namespace PlaNet.MuJoCo;

/// <summary>
/// Everything a simulation depends on, except its model. A restored simulation continues bit for bit. The model determines the lengths of
/// the arrays.
/// </summary>
/// <param name="Time">Simulated time, seconds.</param>
/// <param name="Positions">Generalised coordinates, qpos.</param>
/// <param name="Velocities">Generalised velocities, qvel.</param>
/// <param name="Activations">Actuator activations, act.</param>
/// <param name="Controls">Controls, ctrl.</param>
/// <param name="WarmStart">Warm start of the constraint solver, qacc_warmstart.</param>
/// <param name="AppliedForces">Applied generalised forces, qfrc_applied.</param>
/// <param name="AppliedBodyForces">Applied Cartesian forces, xfrc_applied.</param>
/// <param name="MocapPositions">Positions of mocap bodies, mocap_pos.</param>
/// <param name="MocapOrientations">Orientations of mocap bodies, mocap_quat.</param>
/// <param name="UserData">User data, userdata.</param>
/// <param name="Sensors">
/// Sensor readings, sensordata. Those of the acceleration stage belong to the previous physics step and cannot be recomputed.
/// </param>
public sealed record SimulatorState(
    double Time,
    double[] Positions,
    double[] Velocities,
    double[] Activations,
    double[] Controls,
    double[] WarmStart,
    double[] AppliedForces,
    double[] AppliedBodyForces,
    double[] MocapPositions,
    double[] MocapOrientations,
    double[] UserData,
    double[] Sensors);
