using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace PlaNet.Cli.Web;

/// <summary>
/// Decides which requests a page answers. A browser runs pages of other sites beside this one; none of them may read it, or act through it.
/// </summary>
public static class RequestGuard
{
    /// <summary>Name of the cookie and of the query parameter that carry the token.</summary>
    public const string TokenName = "planet_token";

    // Scripts, styles and images come from this server only; nothing is inline, and no other page may frame this one.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'";

    /// <summary>Why a request is refused; null if it is not.</summary>
    /// <param name="method">The request's method.</param>
    /// <param name="host">The <c>Host</c> header; another site's name here means that its name was rebound to this address.</param>
    /// <param name="origin">The <c>Origin</c> header; null if it is missing.</param>
    /// <param name="site">The <c>Sec-Fetch-Site</c> header; null if it is missing, as in older browsers and other programs.</param>
    /// <param name="mode">The <c>Sec-Fetch-Mode</c> header; null if it is missing.</param>
    /// <param name="binding">Where the page is served.</param>
    public static string? Refusal(string method, HostString host, string? origin, string? site, string? mode, WebBinding binding)
    {
        ArgumentNullException.ThrowIfNull(binding);
        var isRead = HttpMethods.IsGet(method) || HttpMethods.IsHead(method);
        return !host.HasValue || !binding.Accepts(host.Host)
                ? "the host of the request is not a name of this server: open the address that the command printed"
            : origin is not null && !IsOwn(origin, host)
                ? "the request comes from a page of another origin"
            : origin is null && !isRead
                ? "a request that changes something must have an Origin header"
            : site is not (null or "same-origin" or "none") && !(isRead && mode == "navigate")
                ? "the request comes from a page of another site"
            : null;
    }

    /// <summary>Adds the headers that confine the page to itself.</summary>
    public static void AddHeaders(IHeaderDictionary headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    /// <summary>Answers a request that must not reach the page, and returns whether it did.</summary>
    internal static async Task<bool> AnswersAsync(HttpContext context, WebBinding binding)
    {
        var request = context.Request;
        AddHeaders(context.Response.Headers);
        string? Header(string name) => request.Headers.TryGetValue(name, out var value) ? value.ToString() : null;
        var (origin, site, mode) = (Header("Origin"), Header("Sec-Fetch-Site"), Header("Sec-Fetch-Mode"));
        if (Refusal(request.Method, request.Host, origin, site, mode, binding) is { } reason)
        {
            await Answers.TextAsync(context, StatusCodes.Status403Forbidden, $"refused: {reason}").ConfigureAwait(false);
            return true;
        }

        if (binding.Token is not { } token)
        {
            return false;
        }

        if (HttpMethods.IsGet(request.Method) && IsSame(request.Query[TokenName], token))
        {
            // The address bar and the history must not keep the token.
            var cookie = new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/" };
            context.Response.Cookies.Append(TokenName, token, cookie);
            context.Response.Redirect(request.Path.HasValue ? request.Path.Value : "/");
            return true;
        }

        var bearer = Header("Authorization") is ['B', 'e', 'a', 'r', 'e', 'r', ' ', .. var given] ? given : null;
        if (IsSame(request.Cookies[TokenName], token) || IsSame(bearer, token))
        {
            return false;
        }

        await Answers.TextAsync(
            context, StatusCodes.Status401Unauthorized, "refused: this page needs a token: open the whole address that the command printed")
            .ConfigureAwait(false);
        return true;
    }

    // A server behind one that speaks TLS sees the origin's scheme, but not the request's.
    private static bool IsOwn(string origin, HostString host) =>
        string.Equals(origin, "http://" + host.Value, StringComparison.OrdinalIgnoreCase)
        || string.Equals(origin, "https://" + host.Value, StringComparison.OrdinalIgnoreCase);

    private static bool IsSame(string? given, string token) =>
        given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(token));
}
