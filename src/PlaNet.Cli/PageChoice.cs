using System.CommandLine;
using PlaNet.Cli.Web;

namespace PlaNet.Cli;

/// <summary>The options that say where a page is served: <c>--port</c>, <c>--bind</c> and <c>--token-file</c>.</summary>
/// <param name="defaultPort">Port if none is given.</param>
public sealed class PageChoice(int defaultPort)
{
    private readonly Option<int> _port = new("--port", "-p")
    {
        Description = "Port of the page; 0 takes a free one",
        HelpName = "P",
        DefaultValueFactory = _ => defaultPort,
    };

    private readonly Option<string?> _bind = new("--bind")
    {
        Description = "Let other machines open the page at this address; by default only this machine can. Needs --token-file",
        HelpName = "HOST",
    };

    private readonly Option<string?> _token = new("--token-file")
    {
        Description = "File with a secret that opens the page; created with a random one if it is missing",
        HelpName = "FILE",
    };

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command verb)
    {
        ArgumentNullException.ThrowIfNull(verb);
        verb.Add(_port);
        verb.Add(_bind);
        verb.Add(_token);
    }

    /// <summary>Where the page is served.</summary>
    /// <exception cref="UnusableInputException">See <see cref="WebBinding.Of"/>.</exception>
    public WebBinding Read(ParseResult line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return WebBinding.Of(line.GetValue(_bind), line.GetValue(_port), line.GetValue(_token));
    }
}
