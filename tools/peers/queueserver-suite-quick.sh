#!/usr/bin/env bash
# A selection of queueserver-suite.sh that touches each method and each way of failing once: about ten minutes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cases() {
  local file=$1
  shift
  printf "$file::test_%s\n" "$@"
}
mapfile -t selected < <(
  cases test_zmq_api_base.py zmq_api_thread_based zmq_api_asyncio_based invalid_requests_1 zmq_api_ping_status_01 \
    zmq_api_environment_open_close_1 zmq_api_environment_open_close_3 zmq_api_queue_item_add_01 \
    zmq_api_queue_item_add_02 zmq_api_queue_item_add_04 zmq_api_queue_item_add_07 zmq_api_queue_item_add_11_fail \
    zmq_api_queue_item_execute_1 zmq_api_queue_item_execute_4_fail zmq_api_queue_item_add_batch_1 \
    zmq_api_queue_item_add_batch_4_fail zmq_api_queue_item_update_1 zmq_api_script_upload_01 zmq_api_script_upload_10_fail \
    zmq_api_environment_update_01 zmq_api_task_status_1 zmq_api_function_execute_1 zmq_api_function_execute_7_fail \
    zmq_api_plans_allowed_and_devices_allowed_1 zmq_api_plans_existing_and_devices_existing_1 \
    zmq_api_queue_item_get_remove_1 zmq_api_item_remove_batch_2_fail zmq_api_item_move_batch_2_fail \
    zmq_api_queue_mode_set_1 zmq_api_queue_mode_set_3_loop_mode zmq_api_queue_autostart_01 permissions_reload_1 \
    permissions_set_get_1 zmq_api_environment_destroy_01 zmq_api_environment_destroy_02 zmq_api_re_pause_3 \
    zmq_api_re_pause_4_fail zmq_api_re_metadata_1 zmq_api_re_metadata_8_filtered_by_nested_key zmq_api_lock_1 \
    zmq_api_lock_4_fail zmq_api_lock_6 zmq_api_config_get_01 zmq_api_unsupported_parameters
  cases test_qserver_cli.py qserver_cli_and_manager qserver_environment_destroy qserver_re_pause_continue \
    qserver_manager_kill qserver_queue_mode_set_1 qserver_queue_item_add_1 qserver_queue_item_update_1 \
    qserver_item_execute_1 qserver_queue_item_get_move qserver_script_upload_1 qserver_permissions_set_get_1 \
    qserver_secure_1 qserver_lock_01 qserver_clear_lock_01 qserver_zmq_keys
  cases test_scenarios.py zmq_api_queue_execution_1 zmq_api_queue_execution_4 blocking_plan_01 large_datasets_01
  cases test_start_re_manager_cli.py start_re_manager_console_output_1 cli_ignore_invalid_plans_01
  cases test_ip_kernel_func.py ip_kernel_run_plans_01 ip_kernel_interrupt_01
  cases test_manager_options.py manager_redis_addr_parameter
  cases test_info_streaming.py zmq_info_streaming_1
)
exec "$here/queueserver-suite.sh" "${selected[@]}" "$@"
