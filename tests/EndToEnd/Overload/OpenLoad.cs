using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Prism.Tests.Processes;

namespace Prism.Tests.Overload;

/// <summary>An answer, or a refusal.</summary>
/// <param name="At">When it came, since the load began.</param>
/// <param name="Took">How long it took.</param>
/// <param name="Status">200, 503, or 0 for none.</param>
internal readonly record struct LoadEnd(TimeSpan At, TimeSpan Took, int Status);

/// <summary>Chats that come at their own rate, however many are under way.</summary>
internal sealed class OpenLoad(PrismProcess silo, string prompt)
{
    private readonly long _began = TimeProvider.System.GetTimestamp();
    private readonly ConcurrentBag<LoadEnd> _ends = [];

    /// <summary>Everything that has ended.</summary>
    public IReadOnlyCollection<LoadEnd> Ends => _ends;

    /// <summary>The time since the load began.</summary>
    public TimeSpan Now => TimeProvider.System.GetElapsedTime(_began);

    /// <summary>Sends for so long, and does not wait for what is under way then.</summary>
    public async Task<List<Task>> SendAsync(double perSecond, TimeSpan duration)
    {
        var (began, underWay) = (Now, new List<Task>());
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (Now - began is var elapsed && elapsed < duration)
        {
            while (underWay.Count < elapsed.TotalSeconds * perSecond)
            {
                underWay.Add(ChatAsync());
            }

            await timer.WaitForNextTickAsync();
        }

        return underWay;
    }

    private async Task ChatAsync()
    {
        var began = Now;
        var status = 0;
        try
        {
            using var response = await silo.Http.PostAsJsonAsync(
                "/v1/chat?provider=echo", new { messages = new[] { new { role = "user", content = prompt } } });
            // A refusal that does not say when to come back is as bad as none.
            status = response.StatusCode == HttpStatusCode.ServiceUnavailable && response.Headers.RetryAfter is null ? 0 : (int)response.StatusCode;
        }
        catch (HttpRequestException)
        {
            // No answer.
        }

        _ends.Add(new(Now, Now - began, status));
    }
}
