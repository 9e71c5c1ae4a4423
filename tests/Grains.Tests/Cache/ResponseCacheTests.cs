using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline;
using Prism.Tests.Chat;
using static Prism.Tests.Chat.ScriptedProvider;

namespace Prism.Tests.Cache;

public class ResponseCacheTests
{
    private const int Calls = 1_000;

    private readonly TestPipeline _pipeline = new();

    [Fact]
    public async Task A_cache_that_is_off_costs_a_call_nothing()
    {
        var answer = Task.FromResult<ProviderResult>(Answer("ok", ChatUsage.Of(1, 1)));
        _pipeline.Vendor.OnComplete = (_, _) => answer;
        var cached = NoCache.Before(_pipeline.Attempts);
        var call = new ChatCall(_pipeline.Vendor, CallRequest.Of(TestPipeline.Ask() with { Model = "gpt-4o" }), new() { Provider = "vendor", Model = "gpt-4o" })
        {
            Plan = new(ChatTarget.Of(_pipeline.Vendor)),
            Snapshot = _pipeline.Snapshots.Current,
        };
        // What is made once, is made before.
        await AllocatedByAsync(() => _pipeline.Attempts.OpenAsync(call, stream: false, CancellationToken.None).AsTask());
        await AllocatedByAsync(() => cached.OpenAsync(call, stream: false, CancellationToken.None).AsTask());

        var without = await AllocatedByAsync(() => _pipeline.Attempts.OpenAsync(call, stream: false, CancellationToken.None).AsTask());
        var with = await AllocatedByAsync(() => cached.OpenAsync(call, stream: false, CancellationToken.None).AsTask());

        // The provider under test keeps its requests in a list that grows now and then.
        Assert.InRange((double)(with - without) / Calls, -40, 40);
    }

    private static async Task<long> AllocatedByAsync(Func<Task<Answer>> open)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Calls; i++)
        {
            var opened = open();
            Assert.True(opened.IsCompletedSuccessfully);
            // On the same thread: what is awaited is complete.
            await (await opened).DisposeAsync();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
