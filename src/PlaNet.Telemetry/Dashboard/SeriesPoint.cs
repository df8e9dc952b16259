using System.Runtime.InteropServices;

namespace PlaNet.Telemetry.Dashboard;

/// <summary>One logged value.</summary>
/// <param name="Step">Updates made when it was logged.</param>
/// <param name="Value">The value; may be NaN or infinite.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SeriesPoint(long Step, double Value);
