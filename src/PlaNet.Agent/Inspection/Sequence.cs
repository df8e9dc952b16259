using PlaNet.Replay;

namespace PlaNet.Inspection;

/// <summary>Frames from which a prediction starts: the first of them are seen.</summary>
/// <param name="Episode">A recorded episode.</param>
/// <param name="Start">The first frame, from 0.</param>
public sealed record Sequence(Episode Episode, int Start);
