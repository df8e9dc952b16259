namespace PlaNet.Tests.Cluster;

/// <summary>
/// What an exchange of episodes means, written from its description and not from its code: the requests of one run, each with the one
/// ticket that is good at the moment.
/// </summary>
internal sealed class ReferenceExchange
{
    private readonly List<Entry> _requests = [];
    private long _runUntil;
    private int _rounds;

    public long Now { get; set; }

    public void Request(int count, long lease)
    {
        _runUntil = Now + lease;
        _rounds++;
        _requests.Clear();
        _requests.AddRange(Enumerable.Range(0, count).Select(number => new Entry { Number = number }));
    }

    public IReadOnlyList<string> Look(long lease)
    {
        _runUntil = Now + lease;
        return [.. _requests.Select(request => $"{(request.Condition == "free" ? "" : request.Holder)} {request.Tickets} {request.Failures} {request.Condition == "there"}")];
    }

    public (int Round, int Number, int Ticket)? Claim(string holder, long lease)
    {
        var free = _requests.Where(request => request.Failures < 3 && (request.Condition == "free" || (request.Condition == "held" && request.Until <= Now)));
        if (_runUntil <= Now || free.OrderBy(request => request.Failures).FirstOrDefault() is not { } request)
        {
            return null;
        }

        request.Condition = "held";
        request.Holder = holder;
        request.Tickets++;
        request.Until = Now + lease;
        return (_rounds, request.Number, request.Tickets);
    }

    public bool Renew((int Round, int Number, int Ticket) ticket, long lease) => With(ticket, "held", request => request.Until = Now + lease);

    public bool Deliver((int Round, int Number, int Ticket) ticket) =>
        With(ticket, "there", _ => { }) || With(ticket, "held", request => request.Condition = "there");

    public bool Fail((int Round, int Number, int Ticket) ticket) => With(ticket, "held", request =>
    {
        request.Condition = "free";
        request.Failures++;
    });

    public bool Release((int Round, int Number, int Ticket) ticket) => With(ticket, "held", request => request.Condition = "free");

    public void Refuse(int number)
    {
        if (_requests.Find(request => request.Number == number) is { Condition: "there" } request)
        {
            request.Condition = "free";
            request.Failures++;
        }
    }

    private bool With((int Round, int Number, int Ticket) ticket, string condition, Action<Entry> change)
    {
        var request = ticket.Round == _rounds ? _requests.Find(request => request.Number == ticket.Number) : null;
        var good = request?.Tickets == ticket.Ticket && request.Condition == condition;
        if (good)
        {
            change(request!);
        }

        return good;
    }

    private sealed class Entry
    {
        public int Number { get; init; }

        public string Condition { get; set; } = "free";

        public string Holder { get; set; } = "";

        public int Tickets { get; set; }

        public long Until { get; set; }

        public int Failures { get; set; }
    }
}
