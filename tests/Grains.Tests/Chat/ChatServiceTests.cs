using System.Text.Json;
using Prism.Grains.Interfaces.Chat;
using static Prism.Tests.Chat.ScriptedProvider;
using static Prism.Tests.Chat.TestPipeline;

namespace Prism.Tests.Chat;

public class ChatServiceTests
{
    private readonly TestPipeline _pipeline = new(Create("other"));

    [Fact]
    public async Task An_answer_comes_with_its_route_and_the_usage_the_provider_told()
    {
        _pipeline.Vendor.OnComplete = (_, _) => Task.FromResult<ProviderResult>(Answer("hi", ChatUsage.Of(8, 1)));

        var outcome = await _pipeline.CompleteAsync();

        Assert.Null(outcome.Error);
        Assert.Equal("hi", outcome.Response!.Choices.Single().Message!.Content);
        Assert.Equal(ChatUsage.Of(8, 1), outcome.Response.Usage);
        Assert.Equal(new AnswerInfo { Provider = "vendor", Model = "gpt-4o" }, outcome.Route);
    }

    [Fact]
    public async Task The_provider_is_asked_for_its_own_model_and_never_told_its_name()
    {
        await _pipeline.CompleteAsync(Ask() with { Model = "vendor/gpt-4.1", Provider = "VENDOR", Temperature = 0.5 });

        var sent = _pipeline.Vendor.Received.Single();
        Assert.Equal(("gpt-4.1", null, 0.5), (sent.Model, sent.Provider, sent.Temperature));
    }

    [Fact]
    public async Task An_answer_without_usage_id_or_model_gets_them()
    {
        _pipeline.Vendor.OnComplete = (_, _) => Task.FromResult<ProviderResult>(Answer("hello world") with { Id = null, Model = null });

        var response = (await _pipeline.CompleteAsync()).Response!;

        // 3 for the reply, 3 for the message, "user", "hello"; "hello", " world".
        Assert.Equal(ChatUsage.Of(8, 2), response.Usage);
        Assert.Equal("gpt-4o", response.Model);
        Assert.StartsWith("chatcmpl-", response.Id, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tool_calls_reasoning_and_every_choice_count_as_tokens()
    {
        var call = new ToolCall { Id = "1", Function = new() { Name = "hello", Arguments = "hello world" } };
        _pipeline.Vendor.OnComplete = (_, _) => Task.FromResult<ProviderResult>(new ChatResponse
        {
            Choices =
            [
                new() { Message = new() { ToolCalls = [call] } },
                new() { Index = 1, Message = new() { Content = "hello", ReasoningContent = "hello world", Refusal = "hello" } },
                new() { Index = 2 },
            ],
        });

        Assert.Equal(ChatUsage.Of(8, 3 + 4), (await _pipeline.CompleteAsync()).Response!.Usage);
    }

    [Fact]
    public async Task A_failure_of_the_provider_is_a_value_and_says_who_was_asked()
    {
        var error = Failure(ChatErrorKind.UpstreamServerError);
        _pipeline.Vendor.OnComplete = (_, _) => Task.FromResult<ProviderResult>(error);

        var outcome = await _pipeline.CompleteAsync();

        Assert.Null(outcome.Response);
        Assert.Equal(error with { Route = outcome.Route }, outcome.Error);
        Assert.Equal("vendor", outcome.Route!.Provider);
    }

    [Fact]
    public async Task What_is_invalid_is_refused_before_anybody_is_asked()
    {
        var refused = await _pipeline.CompleteAsync(Ask() with { Temperature = 3 });
        var streamed = Assert.Single(await _pipeline.StreamAsync(Ask() with { Temperature = 3 }));
        var unknown = await _pipeline.CompleteAsync(Ask() with { Provider = "nobody" });

        Assert.Equal((ChatErrorKind.InvalidRequest, "temperature"), (refused.Error!.Kind, refused.Error.Param));
        Assert.Equal(refused.Error, streamed.Failed);
        Assert.Equal((ChatErrorKind.InvalidRequest, "provider"), (unknown.Error!.Kind, unknown.Error.Param));
        Assert.Null(unknown.Route);
        Assert.Empty(_pipeline.Vendor.Received);
    }

    [Fact]
    public async Task A_template_becomes_the_first_message_and_goes_no_further()
    {
        await _pipeline.CompleteAsync(Ask() with { Template = "greet", Variables = new() { ["name"] = JsonElement.Parse("\"Ada\"") } });

        var sent = _pipeline.Vendor.Received.Single();
        Assert.Equal([ChatMessage.Create(ChatRoles.System, "Greet Ada of global."), ChatMessage.Create(ChatRoles.User, "hello")], sent.Messages.AsEnumerable());
        Assert.Null(sent.Template);
        Assert.Null(sent.Variables);
    }

    [Fact]
    public async Task A_template_is_its_owners()
    {
        await _pipeline.CompleteAsync(
            new() { Template = "greet", Variables = new() { ["name"] = JsonElement.Parse("\"Ada\"") }, Owner = "team" });

        Assert.Equal("Greet Ada of team.", _pipeline.Vendor.Received.Single().Messages[0].Content!.Text);
    }

    [Fact]
    public async Task A_template_alone_is_a_whole_request()
    {
        var outcome = await _pipeline.CompleteAsync(
            new() { Template = "greet", Variables = new() { ["name"] = JsonElement.Parse("\"Ada\"") } });

        Assert.Null(outcome.Error);
    }

    [Fact]
    public async Task What_is_wrong_with_a_template_is_refused_with_its_field()
    {
        var unknown = await _pipeline.CompleteAsync(Ask() with { Template = "nothing" });
        var lonely = await _pipeline.CompleteAsync(Ask() with { Variables = [] });

        Assert.Equal((ChatErrorKind.InvalidRequest, "template"), (unknown.Error!.Kind, unknown.Error.Param));
        Assert.Equal((ChatErrorKind.InvalidRequest, "variables"), (lonely.Error!.Kind, lonely.Error.Param));
    }

    [Fact]
    public async Task A_rendered_message_is_checked_like_any_other()
    {
        var outcome = await _pipeline.CompleteAsync(new()
        {
            Template = "greet",
            Variables = new() { ["name"] = JsonElement.Parse("\"Ada\"") },
            Messages = [ChatMessage.Create("robot", "hello")],
        });

        Assert.Equal("messages[1].role", outcome.Error!.Param);
    }
}
