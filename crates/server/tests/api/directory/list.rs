use crate::harness::Server;

#[test]
fn lists_every_user_by_id_in_the_documented_order_of_fields() {
    let server = Server::start();
    server.user("zoe");
    server.user("adam");
    let answer = server.admin().get("/users");
    assert_eq!((answer.status, answer.header("cache-control")), (200, "private, no-cache"));
    let times: Vec<_> = answer.json()["userList"]["users"]
        .as_array()
        .unwrap()
        .iter()
        .map(|user| user["createTime"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        answer.body,
        format!(
            concat!(
                r#"{{"userList":{{"users":["#,
                r#"{{"id":1,"version":0,"createTime":"{}","name":"root","email":null,"#,
                r#""status":"ENABLED","roles":[{{"name":"admin"}}]}},"#,
                r#"{{"id":2,"version":0,"createTime":"{}","name":"zoe","email":"zoe@example.com","#,
                r#""status":"ENABLED","roles":[]}},"#,
                r#"{{"id":3,"version":0,"createTime":"{}","name":"adam","#,
                r#""email":"adam@example.com","status":"ENABLED","roles":[]}}"#,
                r#"]}}}}"#
            ),
            times[0], times[1], times[2]
        )
    );
    assert!(times.iter().all(|time| time.len() == "2017-05-08T17:44:19Z".len()), "{times:?}");
}
