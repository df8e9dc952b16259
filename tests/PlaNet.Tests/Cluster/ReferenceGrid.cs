namespace PlaNet.Tests.Cluster;

/// <summary>
/// The reference model of a grid store, written from its documentation and not from its code: a list of cells, each with the one ticket
/// that is valid at the moment.
/// </summary>
internal sealed class ReferenceGrid(IEnumerable<string> names)
{
    private readonly List<Entry> _cells = [.. names.Select(name => new Entry { Name = name })];

    public long Now { get; set; }

    public IEnumerable<string> Lines => _cells.Select(cell => $"{cell.Name} {cell.Condition} {cell.Tickets} {cell.Failures} {cell.Step}");

    /// <summary>The number of cells in each condition.</summary>
    public IEnumerable<string> Counts =>
        _cells.GroupBy(cell => cell.Condition).Select(group => $"{group.Key} {group.Count()}").Order(StringComparer.Ordinal);

    /// <summary>The completed fraction of the steps of all cells that are queued, running or done.</summary>
    /// <param name="steps">The steps of each cell.</param>
    public double Fraction(long steps)
    {
        var counted = _cells.Where(cell => cell.Condition is "Queued" or "Running" or "Done").ToList();
        return counted.Count == 0 ? 1 : counted.Average(cell => Math.Min(1.0, (double)cell.Step / steps));
    }

    /// <summary>The ticket of the claimed cell: its name and the number of the claim.</summary>
    public (string Name, int Ticket)? Claim(long lease)
    {
        var cell = _cells.Find(cell => cell.Condition == "Running" && cell.Deadline <= Now)
            ?? _cells.Find(cell => cell.Condition == "Queued");
        if (cell is null)
        {
            return null;
        }

        cell.Condition = "Running";
        cell.Tickets++;
        cell.Deadline = Now + lease;
        return (cell.Name, cell.Tickets);
    }

    public bool Heartbeat((string Name, int Ticket) ticket, long step, long lease) => With(ticket, cell =>
    {
        cell.Step = step;
        cell.Deadline = Now + lease;
    });

    public bool Complete((string Name, int Ticket) ticket, long steps)
    {
        var cell = Find(ticket.Name);
        if (cell.Condition == "Done" && cell.Tickets == ticket.Ticket)
        {
            return true;
        }

        return With(ticket, held =>
        {
            held.Condition = "Done";
            held.Step = steps;
            held.Completions++;
            Assert.Equal(1, held.Completions);
        });
    }

    public string? Fail((string Name, int Ticket) ticket, int budget)
    {
        string? became = null;
        With(ticket, cell =>
        {
            cell.Failures++;
            became = cell.Condition = cell.Failures >= budget ? "Failed" : "Queued";
        });
        return became;
    }

    public bool Release((string Name, int Ticket) ticket) => With(ticket, cell => cell.Condition = "Queued");

    public bool Cancel(string name) => Change(name, "Cancelled", "Queued", "Running", "Failed", "Paused");

    public bool Pause(string name) => Change(name, "Paused", "Queued", "Running");

    public bool Requeue(string name)
    {
        if (!Change(name, "Queued", "Failed", "Cancelled", "Paused"))
        {
            return false;
        }

        Find(name).Failures = 0;
        return true;
    }

    private bool Change(string name, string to, params string[] from)
    {
        var cell = Find(name);
        var allowed = from.Contains(cell.Condition);
        cell.Condition = allowed ? to : cell.Condition;
        return allowed;
    }

    private bool With((string Name, int Ticket) ticket, Action<Entry> change)
    {
        var cell = Find(ticket.Name);
        var valid = cell.Condition == "Running" && cell.Tickets == ticket.Ticket;
        if (valid)
        {
            change(cell);
        }

        return valid;
    }

    private Entry Find(string name) => _cells.Single(cell => cell.Name == name);

    private sealed class Entry
    {
        public string Name { get; init; } = "";

        public string Condition { get; set; } = "Queued";

        public int Tickets { get; set; }

        public long Deadline { get; set; }

        public int Failures { get; set; }

        public long Step { get; set; }

        public int Completions { get; set; }
    }
}
