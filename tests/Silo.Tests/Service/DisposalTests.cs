using System.Runtime.CompilerServices;

namespace Prism.Tests.Service;

/// <summary>A service that is disposed of gives back what it took.</summary>
public sealed class DisposalTests
{
    [Fact]
    public async Task No_service_outlives_its_end()
    {
        var ended = new List<WeakReference>();
        for (var i = 0; i < 4; i++)
        {
            ended.Add(await RunAsync());
        }

        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        // The stack of a pool thread may still refer to the last one.
        Assert.InRange(ended.Count(one => one.IsAlive), 0, 1);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> RunAsync()
    {
        await using var prism = await PrismService.StartAsync();
        using var answer = await prism.PostAsync("/v1/chat", """{"messages":[{"role":"user","content":"Hi"}]}""");
        answer.EnsureSuccessStatusCode();
        await prism.Http.GetStringAsync("/metrics");
        return new(prism.Get<IServiceProvider>());
    }
}
