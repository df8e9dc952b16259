namespace PlaNet.Common;

/// <summary>The complete state of a <see cref="RandomStream"/> (xoshiro256++), as a value that can be stored.</summary>
/// <param name="S0">First word.</param>
/// <param name="S1">Second word.</param>
/// <param name="S2">Third word.</param>
/// <param name="S3">Fourth word.</param>
public sealed record RandomState(ulong S0, ulong S1, ulong S2, ulong S3);
