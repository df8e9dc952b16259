namespace PlaNet.Tests.Fuzz;

/// <summary>An input of a reader.</summary>
/// <param name="Kind">Which of the target's inputs it is, such as the name of a message; never damaged.</param>
/// <param name="Bytes">Its content.</param>
internal sealed record FuzzInput(string Kind, byte[] Bytes);
