using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace PlaNet.Cli.Web;

/// <summary>Files of a page that are built into the program as resources with the name <c>FOLDER/FILE</c>.</summary>
public static class EmbeddedFiles
{
    private static readonly Dictionary<string, string> s_types = new(StringComparer.Ordinal)
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".txt"] = "text/plain; charset=utf-8",
    };

    // What all pages use: the theme, the icon, and the library of charts.
    private const string Shared = "shared";

    /// <summary>Serves every file of a page, and those that all pages share, at <c>/FILE</c>; its <c>index.html</c> at <c>/</c>.</summary>
    /// <param name="routes">The routes.</param>
    /// <param name="page">Name of the page's folder, such as <c>dashboard</c>.</param>
    public static void Map(IEndpointRouteBuilder routes, string page)
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames())
        {
            if (name.Split('/') is [var folder, var file] && (folder == page || folder == Shared))
            {
                var content = Read(assembly, name);
                var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\"";
                var type = s_types[Path.GetExtension(file)];
                routes.MapGet(file == "index.html" ? "/" : "/" + file, context => SendAsync(context, content, type, tag));
            }
        }
    }

    private static byte[] Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    private static async Task SendAsync(HttpContext context, byte[] content, string type, string tag)
    {
        // Another version of the program has other files at the same addresses.
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.ETag = tag;
        if (context.Request.Headers.IfNoneMatch == tag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = type;
        context.Response.ContentLength = content.Length;
        await context.Response.Body.WriteAsync(content, context.RequestAborted).ConfigureAwait(false);
    }
}
