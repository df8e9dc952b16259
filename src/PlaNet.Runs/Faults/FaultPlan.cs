using PlaNet.Common;

namespace PlaNet.Runs.Faults;

/// <summary>Faults to inject into a process of a run. Not part of the experiment, because faults do not affect results.</summary>
public sealed class FaultPlan
{
    /// <summary>A plan without faults.</summary>
    public static readonly FaultPlan None = new([]);

    private FaultPlan(IReadOnlyList<Fault> faults) => Faults = faults;

    /// <summary>The faults, at most one per visit of a fault point.</summary>
    public IReadOnlyList<Fault> Faults { get; }

    /// <summary>Parses a plan.</summary>
    /// <param name="words">Each is a fault, such as "learner.update@37=crash", or a comma-separated list of faults.</param>
    /// <exception cref="RunException">A fault is invalid, or two faults have the same point and visit.</exception>
    public static FaultPlan Parse(IEnumerable<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        Fault[] faults = [.. words.SelectMany(word => word.Split(',')).Select(word => Fault.Parse(word.Trim()))];
        var twice = faults.GroupBy(fault => (fault.Point, fault.Visit)).FirstOrDefault(same => same.Count() > 1);
        if (twice is not null)
        {
            throw new RunException(
                $"--fault {string.Join(",", twice)}: a visit of {twice.Key.Point} can have only one fault. Keep one of them.");
        }

        return faults.Length == 0 ? None : new FaultPlan(faults);
    }

    /// <summary>
    /// Adds a line to the run's <c>faults.txt</c>, so that injected faults can be told from real ones. An empty plan adds none.
    /// </summary>
    /// <param name="folder">The run directory, locked by this process.</param>
    /// <exception cref="IOException">The file could not be written.</exception>
    public void Record(RunFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (Faults.Count > 0)
        {
            var earlier = File.Exists(folder.FaultsFile) ? File.ReadAllText(folder.FaultsFile) : "";
            AtomicFile.WriteText(folder.FaultsFile, $"{earlier}{this}\n");
        }
    }

    /// <summary>The faults as a comma-separated list.</summary>
    public override string ToString() => string.Join(",", Faults);
}
