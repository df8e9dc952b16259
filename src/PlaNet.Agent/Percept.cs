namespace PlaNet;

/// <summary>What a policy gets of one environment at one step. It must not be modified.</summary>
/// <param name="Image">The image, [size, size, channels] of uint8; empty if the environment has none.</param>
/// <param name="State">The numbers of the state vectors, in the order in which batches hold them; empty if there are none.</param>
public sealed record Percept(byte[] Image, float[] State);
