using System.Net;
using Prism.Silo.Configuration;
using Prism.Silo.Server;

namespace Prism.Silo.Health;

/// <summary>
/// Checks the health of a Prism on this machine, or of a given URL: the health check of a container, whose image has neither a shell nor curl.
/// </summary>
internal static class HealthProbe
{
    /// <summary>The argument that selects the probe instead of a silo. A URL or the silo's own command line follows it.</summary>
    public const string Verb = "--health";

    /// <summary>This endpoint calls nothing outside its process, so no other outage makes an orchestrator restart it.</summary>
    private const string Path = "/healthz/live";

    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Makes one check.</summary>
    /// <param name="args">The URL; without one, the command line of the silo on this machine.</param>
    /// <param name="error">Receives a line with the problem.</param>
    /// <param name="variables">The environment; null for the process's own.</param>
    /// <param name="timeout">The longest wait for the response. Default: 3 s.</param>
    /// <returns>The exit code: 0 if the silo is alive, else 1.</returns>
    public static async Task<int> RunAsync(
        string[] args, TextWriter error, IReadOnlyDictionary<string, string>? variables = null, TimeSpan? timeout = null)
    {
        try
        {
            var address = GivenAddress(args) ?? Address(ReadServer(args, variables));
            // The proxy of the environment is for providers. It could not reach this process.
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
        ? throw new SettingException("LLM_PORT is 0, any free port. Only the process itself knows the port.")
        : new UriBuilder(Uri.UriSchemeHttp, Reached(server.Host), server.Port, Path).Uri;

    private static string Reached(string host) =>
        !IPAddress.TryParse(host, out var address) || address.Equals(IPAddress.Any) ? "127.0.0.1"
        : address.Equals(IPAddress.IPv6Any) ? "::1"
        : host;
}
