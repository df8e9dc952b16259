namespace PlaNet.Actors;

/// <summary>Names an actor: by its path alone (an address), or one incarnation of it.</summary>
/// <remarks>
/// An address outlives restarts: what is told to it waits for the next incarnation, as in Akka. A reference with an incarnation number is
/// fenced: what is told to it after that incarnation ended is dropped and counted. <see cref="ActorContext.Self"/> and
/// <see cref="ActorContext.Sender"/> are of the second kind, so a reply never reaches an incarnation that did not ask.
/// </remarks>
/// <param name="Path">Names from the top, such as "/collector/environment-3".</param>
/// <param name="Incarnation">Number of the incarnation, unique and rising within a host; <see cref="Any"/> for the address.</param>
public sealed record ActorRef(string Path, long Incarnation = ActorRef.Any)
{
    /// <summary>Whichever incarnation is alive.</summary>
    public const long Any = 0;

    /// <summary>Nobody: the sender of what was told from outside. What is told to it is a dead letter.</summary>
    public static readonly ActorRef None = new("");

    /// <summary>The same actor without its incarnation.</summary>
    public ActorRef Address => Incarnation == Any ? this : new ActorRef(Path);

    /// <summary>Address of a child, also before it is spawned.</summary>
    /// <param name="name">Its name: 1 to 100 letters, digits, '-', '_' and '.'.</param>
    public ActorRef Child(string name) => new($"{Path}/{name}");

    /// <inheritdoc/>
    public override string ToString() => Incarnation == Any ? (Path.Length == 0 ? "nobody" : Path) : $"{Path}#{Incarnation}";

    internal static void CheckName(string name)
    {
        if (string.IsNullOrEmpty(name) || name.Length > 100 || name.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_' or '.')))
        {
            throw new ArgumentException($"'{name}' cannot name an actor: use 1 to 100 letters, digits, '-', '_' and '.'.");
        }
    }
}
