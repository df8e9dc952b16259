namespace PlaNet.MuJoCo;

/// <summary>
/// Everything a simulation depends on apart from its model: restored, it continues bit for bit as it did. Arrays have the lengths
/// that the model gives them.
/// </summary>
/// <param name="Time">Simulated time, seconds.</param>
/// <param name="Positions">Generalised coordinates, qpos.</param>
/// <param name="Velocities">Generalised velocities, qvel.</param>
/// <param name="Activations">Actuator activations, act.</param>
/// <param name="Controls">Controls, ctrl.</param>
/// <param name="WarmStart">Where the constraint solver starts, qacc_warmstart.</param>
/// <param name="AppliedForces">Applied generalised forces, qfrc_applied.</param>
/// <param name="AppliedBodyForces">Applied Cartesian forces, xfrc_applied.</param>
/// <param name="MocapPositions">Positions of mocap bodies.</param>
/// <param name="MocapOrientations">Orientations of mocap bodies.</param>
/// <param name="UserData">User data.</param>
/// <param name="Sensors">Sensor readings; those of acceleration stage belong to the physics step before and cannot be recomputed.</param>
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
