using PlaNet.Replay;

namespace PlaNet.Inspection;

/// <summary>The start of an open-loop prediction: a position in an episode, where the context begins.</summary>
/// <param name="Episode">A recorded episode.</param>
/// <param name="Start">Index of the first frame, from 0.</param>
public sealed record Sequence(Episode Episode, int Start);
