using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Prism.Grains.Chains.Running;
using Prism.Grains.Interfaces.Chat;
using Prism.Tests.Chat;
using Prism.Tests.Quotas.Simulation;
using Prism.Tests.Templates;

namespace Prism.Tests.Chains;

/// <summary>One call of a step: its waits, its retries, and what its answer becomes. Time passes only where a step waits for it.</summary>
public sealed class StepCallerTests : IChatService
{
    private readonly World _world = new(seed: 1);
    private readonly WorldTime _time;
    private readonly Queue<Func<IAsyncEnumerable<ChatStreamEvent>>> _answers = new();
    private readonly List<ChatRequest> _asked = [];
    private readonly List<TimeSpan> _askedAt = [];
    private readonly List<string> _pieces = [];
    private TimeSpan _ended;

    public StepCallerTests() => _time = new(_world);

    [Fact]
    public async Task An_answer_becomes_the_output_and_its_pieces_are_handed_on()
    {
        Answer(ScriptedProvider.Piece("hel"), ScriptedProvider.Piece("lo"), new() { Completed = ChatUsage.Of(3, 2) });

        var outcome = await CallAsync("");

        Assert.Equal(("hello", 1, ChatUsage.Of(3, 2)), (outcome.Output!.Value.GetString(), outcome.Attempts, outcome.Usage));
        Assert.Equal(["hel", "lo"], _pieces);
        Assert.Equal("somebody", _asked.Single().Owner);
    }

    [Theory]
    [InlineData(ChatErrorKind.RateLimited, 40)]
    [InlineData(ChatErrorKind.QuotaExceeded, 59)]
    [InlineData(ChatErrorKind.Overloaded, 1)]
    public async Task A_limit_is_waited_for_and_that_is_no_attempt(ChatErrorKind kind, int seconds)
    {
        Answer(Limit(kind, TimeSpan.FromSeconds(seconds)));
        Answer(ScriptedProvider.Piece("ok"));

        var outcome = await CallAsync(""" ,"timeout_seconds":60 """);

        Assert.Equal(("ok", 1), (outcome.Output!.Value.GetString(), outcome.Attempts));
        Assert.Equal([TimeSpan.Zero, TimeSpan.FromSeconds(seconds)], _askedAt);
        Assert.Single(_asked.Select(request => request.IdempotencyKey).Distinct());
    }

    [Fact]
    public async Task A_shared_answer_whose_silo_died_is_asked_for_again_and_that_is_no_attempt()
    {
        Answer(ScriptedProvider.Piece("half"), ScriptedProvider.Failure(ChatErrorKind.UpstreamBrokenOff) with { Code = ChatError.SiloLost });
        Answer(ScriptedProvider.Piece("whole"));

        var outcome = await CallAsync("");

        Assert.Equal(("whole", 1), (outcome.Output!.Value.GetString(), outcome.Attempts));
        Assert.Single(_asked.Select(request => request.IdempotencyKey).Distinct());
    }

    [Fact]
    public async Task A_limit_that_does_not_say_how_long_is_asked_again()
    {
        Answer(ScriptedProvider.Failure(ChatErrorKind.RateLimited));
        Answer(ScriptedProvider.Failure(ChatErrorKind.Overloaded));
        Answer(ScriptedProvider.Piece("ok"));

        Assert.Equal(("ok", 3), ((await CallAsync("")).Output!.Value.GetString(), _asked.Count));
    }

    [Theory]
    [InlineData(ChatErrorKind.RateLimited, 60)]
    [InlineData(ChatErrorKind.QuotaExceeded, 86_400)]
    [InlineData(ChatErrorKind.QuotaExceeded, null)]
    public async Task A_limit_that_is_in_the_way_for_longer_than_the_step_has_is_its_failure_at_once(ChatErrorKind kind, int? seconds)
    {
        Answer(Limit(kind, seconds is { } wait ? TimeSpan.FromSeconds(wait) : null));

        var outcome = await CallAsync(""" ,"timeout_seconds":60 """);

        Assert.Equal((kind, 1, 1), (outcome.Error!.Kind, outcome.Attempts, _asked.Count));
        Assert.Equal(TimeSpan.Zero, _ended);
    }

    [Fact]
    public async Task A_failure_that_may_pass_is_tried_again_after_a_pause_that_doubles()
    {
        Answer(ScriptedProvider.Failure(ChatErrorKind.UpstreamServerError));
        Answer(ScriptedProvider.Failure(ChatErrorKind.UpstreamIdleTimeout));
        Answer(ScriptedProvider.Piece("half"), ScriptedProvider.Failure(ChatErrorKind.UpstreamBrokenOff));
        Answer(ScriptedProvider.Piece("whole"));

        var outcome = await CallAsync(""" ,"retry":{"attempts":4,"backoff_seconds":2} """);

        Assert.Equal(("whole", 4), (outcome.Output!.Value.GetString(), outcome.Attempts));
        Assert.Equal([0, 2, 6, 14], _askedAt.Select(at => at.TotalSeconds));
        Assert.Equal(["claim", "claim-2", "claim-3", "claim-4"], _asked.Select(request => request.IdempotencyKey));
        // What could not be used must not come back from the cache.
        Assert.Equal([false, true, true, true], _asked.Select(request => request.Cache?.NoCache ?? false));
    }

    [Theory]
    [InlineData(ChatErrorKind.InvalidRequest, 1)]
    [InlineData(ChatErrorKind.ModelNotFound, 1)]
    [InlineData(ChatErrorKind.UpstreamCredentialsRefused, 1)]
    [InlineData(ChatErrorKind.UpstreamUnreachable, 3)]
    public async Task Only_what_may_pass_is_tried_again(ChatErrorKind kind, int attempts)
    {
        for (var i = 0; i < attempts; i++)
        {
            Answer(ScriptedProvider.Failure(kind));
        }

        var outcome = await CallAsync(""" ,"retry":{"attempts":3} """);

        Assert.Equal((kind, attempts, 0), (outcome.Error!.Kind, outcome.Attempts, _answers.Count));
    }

    [Fact]
    public async Task An_answer_that_is_not_the_JSON_that_was_asked_for_is_tried_again_and_paid_for()
    {
        Answer(ScriptedProvider.Piece("Sure! {"), new() { Completed = ChatUsage.Of(3, 2) });
        Answer(ScriptedProvider.Piece("""{"a":"\ud800"}"""), new() { Completed = ChatUsage.Of(3, 2) });
        Answer(ScriptedProvider.Piece("""{"a":[1]}"""), new() { Completed = ChatUsage.Of(3, 2) });

        var outcome = await CallAsync(""" ,"retry":{"backoff_seconds":0},"response_format":{"type":"json_schema","json_schema":{"name":"n"}} """);

        Assert.Equal("""{"a":[1]}""", outcome.Output!.Value.GetRawText());
        Assert.Equal((3, ChatUsage.Of(9, 6)), (outcome.Attempts, outcome.Usage));
    }

    [Fact]
    public async Task An_answer_without_text_is_a_failure()
    {
        Answer(ScriptedProvider.Piece(""));
        Assert.Equal("empty_answer", (await CallAsync("")).Error!.Code);

        Answer(new ChatChunk { Choices = [new() { Delta = new() { Refusal = "I won't." } }] });
        Assert.Equal("model_refused", (await CallAsync("")).Error!.Code);
    }

    [Fact]
    public async Task A_call_that_takes_too_long_is_ended()
    {
        _answers.Enqueue(() => NeverAsync());

        var outcome = await CallAsync(""" ,"timeout_seconds":5 """);

        Assert.Equal(("step_timeout", "it took longer than 5 s."), (outcome.Error!.Code, outcome.Error.Message));
        Assert.Equal(TimeSpan.FromSeconds(5), _ended);
    }

    [Fact]
    public async Task What_throws_gets_two_more_chances_before_it_fails_the_step()
    {
        for (var i = 0; i < 3; i++)
        {
            _answers.Enqueue(() => throw new InvalidOperationException("secret"));
        }

        var outcome = await CallAsync("");

        Assert.Equal((ChatErrorKind.Internal, "an internal error.", 3), (outcome.Error!.Kind, outcome.Error.Message, _asked.Count));
    }

    [Fact]
    public async Task A_prompt_that_cannot_be_rendered_is_never_asked()
    {
        var outcome = await CallAsync("", template: "{{ text.nothing.more }}");

        Assert.Equal("Line 1, column 9 of 'template': 'nothing' reads a member that does not exist.", outcome.Error?.Message);
        Assert.Equal((0, 0), (outcome.Attempts, _asked.Count));
    }

    [Fact]
    public async Task A_call_that_nobody_wants_any_more_ends_as_such()
    {
        using var caller = new CancellationTokenSource();
        _answers.Enqueue(() => NeverAsync());
        _world.Schedule(TimeSpan.FromSeconds(3), caller.Cancel);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CallAsync("", cancellationToken: caller.Token));
        Assert.Equal(TimeSpan.FromSeconds(3), _ended);
    }

    Task<ChatOutcome> IChatService.CompleteAsync(ChatRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    IAsyncEnumerable<ChatStreamEvent> IChatService.StreamAsync(ChatRequest request, CancellationToken cancellationToken)
    {
        _asked.Add(request);
        _askedAt.Add(TimeSpan.FromTicks(_world.Now));
        return WithCancellation(_answers.Dequeue()(), cancellationToken);
    }

    private static async IAsyncEnumerable<ChatStreamEvent> WithCancellation(
        IAsyncEnumerable<ChatStreamEvent> events, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var one in events.WithCancellation(cancellationToken))
        {
            yield return one;
        }
    }

    private static async IAsyncEnumerable<ChatStreamEvent> NeverAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await new UpstreamWait().UntilCancelledAsync(cancellationToken);
        yield break;
    }

    private static ChatError Limit(ChatErrorKind kind, TimeSpan? wait) => new() { Kind = kind, Message = "Wait.", RetryAfter = wait };

    private void Answer(params ChatStreamEvent[] events) => _answers.Enqueue(() => ScriptedProvider.Play(events));

    private async Task<StepOutcome> CallAsync(string properties, string template = "{{ text }}", CancellationToken cancellationToken = default)
    {
        var definition = Chain.Parse(
            $$"""{"steps":[{"output_key":"a","template":{{JsonSerializer.Serialize(template)}}{{properties}} }],"inputs":{"text":"t"} }""");
        var plan = Chain.Plan(definition);
        var caller = new StepCaller(this, Chain.Engine, new InlineRunner(), _time, NullLogger<StepCaller>.Instance);

        Task<StepOutcome> call = null!;
        _world.Run(TimeSpan.FromDays(2), () => call = TimeAsync(caller.CallAsync(
            plan.Steps[0], "somebody", new(definition.Inputs, plan, []), item: null, "claim", _pieces.Add, cancellationToken)));
        Assert.True(call.IsCompleted);
        return await call;
    }

    private async Task<StepOutcome> TimeAsync(Task<StepOutcome> call)
    {
        try
        {
            return await call;
        }
        finally
        {
            _ended = TimeSpan.FromTicks(_world.Now);
        }
    }
}
