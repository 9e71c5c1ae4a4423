using System.Net;
using Prism.Silo.Configuration;
using Prism.Silo.Server;

namespace Prism.Silo.Health;

/// <summary>
/// Asks the Prism of this machine whether it lives, or another one what is asked: the health check of a container, whose image has neither
/// a shell nor curl.
/// </summary>
internal static class HealthProbe
{
    /// <summary>The argument that makes the process this and not a silo. After it comes a URL to ask, or else the silo's own command line.</summary>
    public const string Verb = "--health";

    /// <summary>Asks nothing outside the process that answers, so that no outage elsewhere makes an orchestrator replace it.</summary>
    private const string Path = "/healthz/live";

    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Asks once.</summary>
    /// <param name="args">The URL to ask; without one, the command line of the silo on this machine to ask.</param>
    /// <param name="error">Where a line goes that says what is wrong.</param>
    /// <param name="variables">The environment; null for the process's own.</param>
    /// <param name="timeout">How long the answer may take. Default: 3 s.</param>
    /// <returns>The exit code: 0 where it lives, else 1.</returns>
    public static async Task<int> RunAsync(
        string[] args, TextWriter error, IReadOnlyDictionary<string, string>? variables = null, TimeSpan? timeout = null)
    {
        try
        {
            var address = GivenAddress(args) ?? Address(ReadServer(args, variables));
            // A proxy that the environment names is for providers; it could not reach this process.
            using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = timeout ?? DefaultTimeout };
            using var answer = await client.GetAsync(address);
            if (answer.IsSuccessStatusCode)
            {
                return 0;
            }

            await error.WriteLineAsync($"prism: {address} answered {(int)answer.StatusCode}.");
        }
        catch (Exception exception) when (exception is SettingException or HttpRequestException or OperationCanceledException)
        {
            await error.WriteLineAsync($"prism: {exception.Message}");
        }

        return 1;
    }

    private static Uri? GivenAddress(string[] args) =>
        args is [var first] && Uri.TryCreate(first, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttp ? url : null;

    private static ServerOptions ReadServer(string[] args, IReadOnlyDictionary<string, string>? variables) =>
        WebApplication.CreateBuilder(args).AddPrismConfiguration(variables).Configuration.GetSection(Settings.Section).Get<ServerOptions>() ?? new();

    private static Uri Address(ServerOptions server) => server.Port == 0
        ? throw new SettingException("LLM_PORT is 0, any free port: only the process itself knows which.")
        : new UriBuilder(Uri.UriSchemeHttp, Reached(server.Host), server.Port, Path).Uri;

    private static string Reached(string host) =>
        !IPAddress.TryParse(host, out var address) || address.Equals(IPAddress.Any) ? "127.0.0.1"
        : address.Equals(IPAddress.IPv6Any) ? "::1"
        : host;
}
