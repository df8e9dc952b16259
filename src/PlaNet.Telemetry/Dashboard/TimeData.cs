namespace PlaNet.Telemetry.Dashboard;

/// <summary>A kind of work of a run.</summary>
/// <param name="Tag">Tag of its times, such as <c>seconds/update</c>.</param>
/// <param name="Count">How often it was done.</param>
/// <param name="Seconds">Sum of the times; overlapped work is counted in full.</param>
public sealed record TimeData(string Tag, long Count, double Seconds);
