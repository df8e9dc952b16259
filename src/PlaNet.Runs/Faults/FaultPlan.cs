using PlaNet.Common;

namespace PlaNet.Runs.Faults;

/// <summary>What is to go wrong in a process that runs a run. No part of the experiment: it does not change the result, only the way there.</summary>
public sealed class FaultPlan
{
    /// <summary>Nothing goes wrong but by itself.</summary>
    public static readonly FaultPlan None = new([]);

    private FaultPlan(IReadOnlyList<Fault> faults) => Faults = faults;

    /// <summary>What is to go wrong, each visit of a point at most once.</summary>
    public IReadOnlyList<Fault> Faults { get; }

    /// <summary>Reads a plan.</summary>
    /// <param name="words">Each one fault, such as "learner.update@37=crash", or several with commas between.</param>
    /// <exception cref="RunException">A word cannot be a fault, or two name one visit: the message says what is valid.</exception>
    public static FaultPlan Parse(IEnumerable<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        Fault[] faults = [.. words.SelectMany(word => word.Split(',')).Select(word => Fault.Parse(word.Trim()))];
        var twice = faults.GroupBy(fault => (fault.Point, fault.Visit)).FirstOrDefault(same => same.Count() > 1);
        if (twice is not null)
        {
            throw new RunException($"--fault {string.Join(",", twice)}: one visit of {twice.Key.Point} can fail in one way only. Leave one of them.");
        }

        return faults.Length == 0 ? None : new FaultPlan(faults);
    }

    /// <summary>Adds a line to the run's <c>faults.txt</c>, so that nobody takes its incidents for natural ones. Nothing for an empty plan.</summary>
    /// <param name="folder">The run directory, held by this process.</param>
    /// <exception cref="IOException">The disk refused.</exception>
    public void Record(RunFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (Faults.Count > 0)
        {
            var earlier = File.Exists(folder.FaultsFile) ? File.ReadAllText(folder.FaultsFile) : "";
            AtomicFile.WriteText(folder.FaultsFile, $"{earlier}{this}\n");
        }
    }

    /// <summary>The faults, with commas between.</summary>
    public override string ToString() => string.Join(",", Faults);
}
