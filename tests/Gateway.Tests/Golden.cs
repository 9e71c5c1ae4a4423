using System.Reflection;
using System.Text;
using Prism.Gateway;

namespace Prism.Tests;

/// <summary>The files in the folder of that name: bodies as they must be, to the byte.</summary>
internal static class Golden
{
    // Throws at bytes that are not UTF-8, and passes a byte order mark on: so equal text is equal bytes.
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Fails unless the body is that of the file, in which <c>{version}</c> stands for Prism's own.</summary>
    public static async Task EqualAsync(string name, HttpResponseMessage response)
    {
        var golden = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Golden", name), Strict);
        var version = typeof(GatewayEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        var body = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(golden.Replace("{version}", version, StringComparison.Ordinal), Strict.GetString(body));
    }
}
