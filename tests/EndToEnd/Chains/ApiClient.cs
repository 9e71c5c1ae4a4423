using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Prism.Tests.Processes;

namespace Prism.Tests.Chains;

/// <summary>
/// A client of a cluster's runs as it has to be where silos die: what is lost on the way is asked again, at another silo, with the same
/// idempotency key or the last event's id. Not for two requests at the same time.
/// </summary>
/// <param name="cluster">The cluster.</param>
/// <param name="random">Chooses the silo for each request.</param>
/// <param name="leftOut">A silo that is not asked.</param>
internal sealed class ApiClient(PrismCluster cluster, Random random, PrismProcess? leftOut = null)
{
    // Longer than any answer waits here: only a silo that is frozen says nothing for so long.
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(15);

    /// <summary>Starts a run and does not ask for it again.</summary>
    /// <returns>Its path.</returns>
    public async Task<string> StartAsync(string body, string key)
    {
        using var response = await PostAsync(WithoutWait(body), key);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return response.Headers.Location!.ToString();
    }

    /// <summary>Starts a run and asks for it until it has ended.</summary>
    public async Task<JsonElement> RunAsync(string body, string key)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            using var response = await PostAsync(body, key);
            var run = await response.Content.ReadFromJsonAsync<JsonElement>();
            if (response.StatusCode == HttpStatusCode.OK)
            {
                return run;
            }

            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience.Limit, $"It is stuck: {run}");
        }
    }

    /// <summary>What a path answers with.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await SendAsync(() => new(HttpMethod.Get, path), HttpCompletionOption.ResponseContentRead);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>Opens a run's events, behind one that is known.</summary>
    public Task<HttpResponseMessage> WatchAsync(string path, int after) => SendAsync(
        () => new(HttpMethod.Get, path + "/events") { Headers = { { "Last-Event-ID", $"{after}" } } }, HttpCompletionOption.ResponseHeadersRead);

    private Task<HttpResponseMessage> PostAsync(string body, string key) => SendAsync(
        () => new(HttpMethod.Post, "/v1/runs")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
            Headers = { { "Idempotency-Key", key } },
        },
        HttpCompletionOption.ResponseContentRead);

    private async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> create, HttpCompletionOption completion)
    {
        HttpResponseMessage? response = null;
        await Until.TrueAsync("a silo answers", Patience.Limit, async () =>
        {
            using var patience = new CancellationTokenSource(LongestAnswer);
            try
            {
                using var request = create();
                response = await Next().Http.SendAsync(request, completion, patience.Token);
                return response.StatusCode != HttpStatusCode.ServiceUnavailable;
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
            {
                return false;
            }
        });
        return response!;
    }

    private PrismProcess Next()
    {
        var silos = cluster.Silos.ToArray().Where(silo => !silo.HasExited && silo != leftOut).ToList();
        return silos.Count == 0
            ? throw new HttpRequestException("There is no silo.")
            : silos[random.Next(silos.Count)];
    }

    private static string WithoutWait(string body) => body.Replace("\"wait\":10", "\"wait\":0", StringComparison.Ordinal);
}
