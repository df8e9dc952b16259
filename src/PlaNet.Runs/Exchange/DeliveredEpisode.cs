namespace PlaNet.Runs.Exchange;

/// <summary>An episode as a collector delivered it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Owner">Who played it.</param>
/// <param name="Content">Its file.</param>
public sealed record DeliveredEpisode(string Name, string Owner, byte[] Content);
